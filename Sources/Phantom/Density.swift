import Foundation

/// How much a body weakens the rays at every pixel, 0 for air to 1 for the densest.
struct Density {
  private(set) var values: [Double]
  private let anatomy: Anatomy
  private let side: Int

  init(anatomy: Anatomy, side: Int, using random: inout Seeded) {
    self.anatomy = anatomy
    self.side = side
    let texture = Texture(using: &random)
    values = [Double](repeating: 0, count: side * side)
    for row in 0..<side {
      for column in 0..<side {
        let x = (Double(column) + 0.5) / Double(side)
        let y = (Double(row) + 0.5) / Double(side)
        values[row * side + column] = Self.body(
          anatomy, texture, x: x + anatomy.tilt * (y - 0.5), y)
      }
    }
    addVessels(using: &random)
  }

  /// Soft tissue, lungs, mediastinum, heart, spine, ribs and collar bones.
  private static func body(_ a: Anatomy, _ texture: Texture, x: Double, _ y: Double) -> Double {
    let dx = (x - a.centre) / a.bodyWidth
    let shoulder = 1 - 0.75 * smooth(0.16 - y, from: 0, to: 0.16) * 0.6
    let trunk = 1 - smooth(abs(dx) / shoulder, from: 0.93, to: 1.02)
    let neck = 1 - smooth(abs(x - a.centre), from: 0.10, to: 0.14)
    let inside = max(trunk * smooth(y, from: 0.04, to: 0.13), neck)
    var value = 0.03 + inside * (a.softTissue + 0.05 * dx * dx)

    var air = 0.0
    for lungSide in Anatomy.Side.allCases {
      air = max(air, 1 - smooth(a.lung(lungSide, x: x, y: y), from: -0.10, to: 0.03))
    }
    value -= air * 0.36 * inside
    value += texture.value(x, y) * (0.018 + 0.03 * air)

    // Below the domes lies the abdomen; the liver is the denser side.
    value += 0.13 * smooth(y, from: a.rightBase - 0.02, to: a.rightBase + 0.06) * (1 - air) * inside

    let middle = abs(x - a.centre)
    value += 0.16 * (1 - smooth(middle, from: 0.035, to: 0.075)) * inside
    value += 0.06 * (1 - smooth(middle, from: 0.02, to: 0.035)) * (0.7 + 0.3 * cos(y * 95))
    // The trachea is air.
    value -=
      0.07 * (1 - smooth(middle, from: 0.010, to: 0.020)) * (1 - smooth(y, from: 0.30, to: 0.36))

    let hx = (x - a.heart.x) / a.heart.width
    let hy = (y - a.heart.y) / a.heart.height
    let heart = 1 - smooth(hx * hx + hy * hy + 0.35 * hx * hy, from: 0.75, to: 1.1)
    value += 0.24 * heart * air + 0.04 * heart

    value += ribs(a, x: x, y) * inside
    let bone = abs(y - (0.155 + 0.25 * abs(x - a.centre) * (x < a.centre ? 0.28 : 0.30)))
    let collarBone =
      (1 - smooth(bone, from: 0.006, to: 0.014)) * smooth(middle, from: 0.04, to: 0.06)
      * (1 - smooth(middle, from: 0.30, to: 0.36))
    return value + 0.09 * collarBone
  }

  /// Back and front parts of ten ribs on each side.
  private static func ribs(_ a: Anatomy, x: Double, _ y: Double) -> Double {
    let away = abs(x - a.centre)
    guard away > 0.05, away < a.bodyWidth * 0.96 else { return 0 }
    let lateral = (away - 0.05) / (a.bodyWidth - 0.05)
    let back = y + 0.05 - a.ribSlope * 0.16 * sin(lateral * 2.6)
    let front = y - 0.02 + a.ribSlope * 0.30 * lateral * lateral - 0.20 * lateral
    var value = 0.0
    for (line, strength) in [(back, 0.075), (front, 0.035)] {
      let phase = (line - 0.12) / a.ribSpacing
      guard phase > 0, phase < 10.5 else { continue }
      let distance = abs(phase - phase.rounded()) * a.ribSpacing
      let rim = 0.4 + 0.6 * smooth(distance, from: 0.003, to: 0.008)
      value += strength * rim * (1 - smooth(distance, from: 0.008, to: 0.013))
    }
    return value
  }

  /// Branching vessels from the hila outwards.
  private mutating func addVessels(using random: inout Seeded) {
    for lungSide in Anatomy.Side.allCases {
      for _ in 0..<9 {
        var x = anatomy.centre + lungSide.sign * random.between(0.075, 0.10)
        var y = random.between(0.42, 0.52)
        var angle = random.between(-1.2, 1.3)
        var width = random.between(0.006, 0.009)
        while width > 0.0015 {
          stamp(x: x, y: y, radius: width, amount: 0.055)
          angle += random.between(-0.16, 0.16)
          x += lungSide.sign * cos(angle) * 0.006
          y += sin(angle) * 0.006
          width *= 0.965
          if anatomy.lung(lungSide, x: x, y: y) > -0.04 { break }
        }
      }
    }
  }

  /// Raises the density to at least `amount` above its surrounding, softly, within a disc.
  private mutating func stamp(x: Double, y: Double, radius: Double, amount: Double) {
    forEachPixel(x: x, y: y, within: radius * 2) { value, distance in
      value = max(value, value * 0.4 + (value + amount * (1 - distance / (radius * 2))) * 0.6)
    }
  }

  private mutating func forEachPixel(
    x: Double, y: Double, within radius: Double, _ change: (inout Double, Double) -> Void
  ) {
    let scale = Double(side)
    let columns = Int((x - radius) * scale)...Int((x + radius) * scale)
    let rows = Int((y - radius) * scale)...Int((y + radius) * scale)
    for row in rows where row >= 0 && row < side {
      for column in columns where column >= 0 && column < side {
        let dx = (Double(column) + 0.5) / scale - x
        let dy = (Double(row) + 0.5) / scale - y
        let distance = (dx * dx + dy * dy).squareRoot()
        if distance < radius { change(&values[row * side + column], distance) }
      }
    }
  }

  /// Puts one lesion of a random kind into a lung.
  ///
  /// - Returns: nothing if no place was found in it.
  mutating func addLesion(using random: inout Seeded) -> Lesion? {
    let kind = Lesion.Kind.allCases.randomElement(using: &random) ?? .nodule
    let lungSide = Anatomy.Side.allCases.randomElement(using: &random) ?? .imageLeft
    if kind == .effusion { return addEffusion(lungSide, using: &random) }
    for _ in 0..<60 {
      let x = anatomy.centre + lungSide.sign * random.between(0.08, 0.36)
      let y = random.between(0.22, 0.72)
      guard anatomy.lung(lungSide, x: x, y: y) < -0.22 else { continue }
      return switch kind {
      case .nodule: addDisc(kind, x: x, y: y, radius: random.between(0.022, 0.035), 0.20, &random)
      case .mass: addDisc(kind, x: x, y: y, radius: random.between(0.045, 0.07), 0.24, &random)
      default: addPatch(x: x, y: y, radius: random.between(0.06, 0.10), &random)
      }
    }
    return nil
  }

  /// A round shadow with a slightly uneven edge.
  private mutating func addDisc(
    _ kind: Lesion.Kind, x: Double, y: Double, radius: Double, _ amount: Double,
    _ random: inout Seeded
  ) -> Lesion {
    let texture = Texture(using: &random)
    forEachPixel(x: x, y: y, within: radius * 1.25) { value, distance in
      let uneven = 1 + 0.12 * texture.value(distance * 40, x)
      value += amount * (1 - smooth(distance / (radius * uneven), from: 0.7, to: 1.1))
    }
    return lesion(kind, x0: x - radius, y0: y - radius, x1: x + radius, y1: y + radius)
  }

  /// A cloudy patch without a sharp edge.
  private mutating func addPatch(
    x: Double, y: Double, radius: Double, _ random: inout Seeded
  ) -> Lesion {
    for _ in 0..<14 {
      let angle = random.between(0, 2 * .pi)
      let away = radius * 0.65 * random.between(0, 1)
      let size = radius * random.between(0.30, 0.50)
      forEachPixel(
        x: x + cos(angle) * away, y: y + sin(angle) * away, within: size
      ) { value, distance in
        value = min(0.80, value + 0.075 * (1 - smooth(distance / size, from: 0.2, to: 1)))
      }
    }
    return lesion(
      .consolidation, x0: x - radius, y0: y - radius, x1: x + radius, y1: y + radius)
  }

  /// Fluid that fills one base with a curved upper border.
  private mutating func addEffusion(
    _ lungSide: Anatomy.Side, using random: inout Seeded
  ) -> Lesion? {
    let base = lungSide == .imageLeft ? anatomy.rightBase : anatomy.leftBase
    let level = base - random.between(0.10, 0.18)
    let middle = anatomy.centre + lungSide.sign * (anatomy.lungWidth + 0.055)
    var box = (x0: side, y0: side, x1: 0, y1: 0)
    for row in 0..<side {
      for column in 0..<side {
        let x = (Double(column) + 0.5) / Double(side)
        let y = (Double(row) + 0.5) / Double(side)
        guard anatomy.lung(lungSide, x: x, y: y) < 0 else { continue }
        let lateral = (x - middle) * lungSide.sign / anatomy.lungWidth
        let surface = level + 0.05 * (1 - lateral) * 0.8
        let depth = smooth(y, from: surface - 0.012, to: surface + 0.02)
        guard depth > 0 else { continue }
        values[row * side + column] += (0.72 - values[row * side + column]) * depth * 0.9
        if depth > 0.5 {
          box = (
            min(box.x0, column), min(box.y0, row), max(box.x1, column + 1), max(box.y1, row + 1)
          )
        }
      }
    }
    guard box.x0 < box.x1 else { return nil }
    return Lesion(kind: .effusion, x0: box.x0, y0: box.y0, x1: box.x1, y1: box.y1)
  }

  private func lesion(
    _ kind: Lesion.Kind, x0: Double, y0: Double, x1: Double, y1: Double
  ) -> Lesion {
    func pixel(_ share: Double) -> Int { min(max(Int((share * Double(side)).rounded()), 0), side) }
    return Lesion(kind: kind, x0: pixel(x0), y0: pixel(y0), x1: pixel(x1), y1: pixel(y1))
  }
}
