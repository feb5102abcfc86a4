/// The proportions of one made-up chest, in shares of the picture's side.
///
/// Everything that differs between people differs here, by seed.
struct Anatomy {
  let centre: Double
  let bodyWidth: Double
  let lungWidth: Double
  let lungTop: Double
  /// Height of the right (image left) and left diaphragm.
  let rightBase: Double
  let leftBase: Double
  let heart: (x: Double, y: Double, width: Double, height: Double)
  let ribSpacing: Double
  let ribSlope: Double
  let softTissue: Double
  let tilt: Double

  init(using random: inout Seeded) {
    centre = 0.5 + random.between(-0.02, 0.02)
    bodyWidth = random.between(0.41, 0.47)
    lungWidth = random.between(0.135, 0.165)
    lungTop = random.between(0.13, 0.18)
    rightBase = random.between(0.74, 0.80)
    leftBase = rightBase + random.between(0.01, 0.035)
    heart = (
      0.5 + random.between(0.035, 0.065), random.between(0.60, 0.65),
      random.between(0.12, 0.165), random.between(0.15, 0.19)
    )
    ribSpacing = random.between(0.062, 0.074)
    ribSlope = random.between(0.30, 0.50)
    softTissue = random.between(0.50, 0.58)
    tilt = random.between(-0.03, 0.03)
  }

  /// How far inside the right (image left) or left lung a point lies: below 0 inside, 0 at the
  /// edge, growing outside.
  func lung(_ side: Side, x: Double, y: Double) -> Double {
    let middle = centre + side.sign * (lungWidth + 0.055)
    let base = side == .imageLeft ? rightBase : leftBase
    let height = (base - lungTop) / 2
    let v = (y - (lungTop + height)) / height
    // Lungs are narrow at the apex and lean towards the middle there.
    let width = lungWidth * (1 + 0.22 * v)
    let u = (x - middle - side.sign * 0.035 * v) / width
    // The diaphragm is a dome that is higher in its middle.
    let dome = v + max(0, 0.16 * (1 - u * u)) * max(0, v)
    return (u * u * u * u + dome * dome * dome * dome).squareRoot().squareRoot() - 1
  }

  enum Side: CaseIterable {
    case imageLeft, imageRight
    var sign: Double { self == .imageLeft ? -1 : 1 }
  }
}

/// 0 below one edge, 1 above the other, smooth between.
func smooth(_ value: Double, from low: Double, to high: Double) -> Double {
  let t = min(max((value - low) / (high - low), 0), 1)
  return t * t * (3 - 2 * t)
}
