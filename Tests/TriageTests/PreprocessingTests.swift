import Foundation
import Imaging
import Radiology
import Testing

@testable import Triage

struct PreprocessingTests {
  private let preprocessing = Preprocessing(side: 64)

  private func change(_ image: GreyImage, _ body: (Float) -> Float) -> GreyImage {
    GreyImage(columns: image.columns, rows: image.rows, values: image.values.map(body))
  }

  private func distance(_ a: Prepared, _ b: Prepared) -> Float {
    zip(a.pixels, b.pixels).map { abs($0 - $1) }.max() ?? .infinity
  }

  @Test("bit depth and offset of the greys do not matter", arguments: [Float(16), 0.01, 257])
  func bitDepth(scale: Float) throws {
    let image = Pictures.thorax(seed: 1)
    let deep = change(image) { $0 * scale + 1024 * scale }
    #expect(distance(try preprocessing(image), try preprocessing(deep)) < 1e-3)
  }

  @Test("MONOCHROME1 is the negative of MONOCHROME2")
  func inversion() throws {
    let image = Pictures.thorax(seed: 2)
    let negative = GreyImage(
      columns: image.columns, rows: image.rows, values: image.values.map { 255 - $0 },
      isInverted: true)
    #expect(distance(try preprocessing(image), try preprocessing(negative)) < 1e-4)
  }

  @Test("pixels marked as padding are black")
  func padding() throws {
    let image = Pictures.thorax(seed: 2)
    var values = image.values.map { $0 + 100 }
    for index in 0..<96 { values[48 * 96 + index] = -3000 }
    let marked = GreyImage(columns: 96, rows: 96, values: values, padding: -3000)
    let prepared = try preprocessing(marked)
    let plain = try preprocessing(image)
    let changed = zip(prepared.pixels, plain.pixels).count { abs($0 - $1) > 0.1 }
    #expect(changed > 0 && changed <= 4 * 64)
  }

  @Test("a model that looks only at the border sees the same in both classes")
  func border() throws {
    // The letter differs by class, and so does a strip along the top; the middle is the same.
    func picture(isSuspicious: Bool) -> GreyImage {
      let image = Pictures.thorax(columns: 120, rows: 100, seed: 3)
      var values = image.values
      for row in 0..<9 {
        for column in 0..<11 {
          values[row * 120 + (isSuspicious ? 0 : 109) + column] = 250
        }
        for column in 30..<90 { values[row * 120 + column] = isSuspicious ? 200 : 90 }
      }
      return GreyImage(columns: 120, rows: 100, values: values)
    }
    let suspicious = picture(isSuspicious: true)
    let normal = picture(isSuspicious: false)
    #expect(suspicious.values != normal.values)
    #expect(try preprocessing(suspicious) == preprocessing(normal))
  }

  @Test("a black band around the picture changes next to nothing", arguments: [0, 8, 20])
  func bands(width: Int) throws {
    let image = Pictures.thorax(columns: 120, rows: 120, seed: 4)
    var values = [Float](repeating: 0, count: (120 + 2 * width) * 120)
    for row in 0..<120 {
      for column in 0..<120 {
        values[row * (120 + 2 * width) + width + column] = image.values[row * 120 + column]
      }
    }
    let banded = GreyImage(columns: 120 + 2 * width, rows: 120, values: values)
    #expect(distance(try preprocessing(image), try preprocessing(banded)) < 0.02)
  }

  @Test(
    "nothing is squashed: both directions keep one scale",
    arguments: [(90, 120), (150, 100), (200, 90)])
  func aspect(columns: Int, rows: Int) throws {
    let placement = try preprocessing(Pictures.thorax(columns: columns, rows: rows, seed: 5))
      .placement
    #expect(abs(placement.columnScale / placement.rowScale - 1) < 0.03)
    #expect(placement.width <= 64 && placement.height <= 64)
    #expect(max(placement.width, placement.height) == 64)
  }

  @Test("an image of four times the size gives nearly the same square")
  func resolution() throws {
    let small = Pictures.thorax(columns: 200, rows: 160, seed: 6)
    var values = [Float](repeating: 0, count: 800 * 640)
    for row in 0..<640 {
      for column in 0..<800 {
        values[row * 800 + column] = small.values[row / 4 * 200 + column / 4]
      }
    }
    let large = GreyImage(columns: 800, rows: 640, values: values)
    let a = try preprocessing(small)
    let b = try preprocessing(large)
    #expect(
      zip(a.pixels, b.pixels).map { abs($0 - $1) }.reduce(0, +) / Float(a.pixels.count) < 0.05)
  }

  @Test("images that cannot be judged are refused with the reason")
  func refusals() {
    #expect(throws: TriageError.imageTooSmall(columns: 63, rows: 200, least: 64)) {
      _ = try preprocessing(Pictures.thorax(columns: 63, rows: 200, seed: 1))
    }
    #expect(throws: TriageError.imageIsFlat) {
      _ = try preprocessing(
        GreyImage(columns: 80, rows: 80, values: [Float](repeating: 7, count: 6400)))
    }
    #expect(throws: TriageError.imageIsNotFinite) {
      var values = Pictures.thorax(seed: 1).values
      values[17] = .nan
      _ = try preprocessing(GreyImage(columns: 96, rows: 96, values: values))
    }
  }

  @Test("the input has mean 0 and deviation near 1 where it shows the image, and 0 elsewhere")
  func standardised() throws {
    let prepared = try preprocessing(Pictures.thorax(columns: 96, rows: 130, seed: 7))
    let input = prepared.input
    let shows = prepared.contentFlags
    let inside = zip(input, shows).filter(\.1).map(\.0)
    #expect(abs(inside.reduce(0, +) / Float(inside.count)) < 1e-4)
    let deviation = (inside.reduce(0) { $0 + $1 * $1 } / Float(inside.count)).squareRoot()
    #expect((0.7...1).contains(deviation))
    #expect(zip(input, shows).allSatisfy { $1 || $0 == 0 })
  }

  @Test("a box survives the way to the square and back", arguments: 0..<20 as Range<UInt64>)
  func placement(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let columns = Int(random.uniform(80, 700))
    let rows = Int(random.uniform(80, 700))
    let placement = try preprocessing(Pictures.thorax(columns: columns, rows: rows, seed: seed))
      .placement
    let x = Double(random.uniform(Float(placement.x0), Float(placement.x1) - 12))
    let y = Double(random.uniform(Float(placement.y0), Float(placement.y1) - 12))
    let box = Manifest.Box(x0: x, y0: y, x1: x + 10, y1: y + 10)
    let there = try #require(placement.squareBox(box))
    let back = try #require(placement.imageBox(there))
    for (before, after) in [
      (box.x0, back.x0), (box.y0, back.y0), (box.x1, back.x1), (box.y1, back.y1),
    ] {
      #expect(abs(before - after) < 1e-9)
    }
  }

  @Test("what lies on the cut border has no place on the square")
  func cut() throws {
    let placement = try preprocessing(Pictures.thorax(columns: 100, rows: 100, seed: 1)).placement
    #expect(placement.squareBox(Manifest.Box(x0: 0, y0: 0, x1: 9, y1: 9)) == nil)
    #expect(placement.x0 == 12 && placement.y1 == 88)
  }

  @Test("a disc is where the placement says it is")
  func disc() throws {
    let prepared = try preprocessing(
      Pictures.thorax(columns: 300, rows: 220, seed: 8, disc: (90, 120, 9), strength: 170))
    let brightest = try #require(
      prepared.pixels.indices.max { prepared.pixels[$0] < prepared.pixels[$1] })
    let point = prepared.placement.imagePoint(
      x: Double(brightest % 64) + 0.5, y: Double(brightest / 64) + 0.5)
    #expect(hypot(point.x - 90, point.y - 120) < 12)
  }
}

struct FamiliarityTests {
  private func prepared(_ range: Range<UInt64>) throws -> [Prepared] {
    try Pictures.lessons(range, preparedBy: Models.preprocessing).map(\.prepared)
  }

  @Test("images like the lessons are familiar")
  func familiar() throws {
    let familiarity = try #require(Familiarity(lessons: prepared(0..<40)))
    for image in try prepared(100..<140) { #expect(familiarity.reasonUnfamiliar(image) == nil) }
  }

  @Test("noise, and a negative, are unlike the lessons")
  func unfamiliar() throws {
    let familiarity = try #require(Familiarity(lessons: prepared(0..<40)))
    #expect(familiarity.reasonUnfamiliar(try Models.preprocessing(Pictures.noise(seed: 1))) != nil)
    let thorax = Pictures.thorax(seed: 200)
    let negative = GreyImage(
      columns: thorax.columns, rows: thorax.rows, values: thorax.values.map { 255 - $0 })
    #expect(familiarity.reasonUnfamiliar(try Models.preprocessing(negative)) != nil)
  }

  @Test("with few lessons there is nothing to be like")
  func few() throws {
    #expect(Familiarity(lessons: []) == nil)
    #expect(Familiarity(lessons: try prepared(0..<19)) == nil)
    #expect(Familiarity(lessons: try prepared(0..<20))?.isSound == true)
  }

  @Test(
    "distance is that of the plain formula, and the mean has none",
    arguments: 0..<5 as Range<UInt64>)
  func distance(seed: UInt64) {
    // Two independent directions: the covariance is diagonal and can be inverted by eye.
    var random = SeededRandom(seed: seed)
    let points = [[1.0, 0], [-1, 0], [0, 3], [0, -3]]
    var sums = FigureSums(figures: 2)
    for point in points { sums.add(point) }
    let spread = Spread(of: sums)
    let x = Double(random.uniform(-2, 2))
    let y = Double(random.uniform(-2, 2))
    let expected = x * x / (0.5 + 0.02) + y * y / (4.5 + 0.02)
    #expect(abs(spread.distance(to: [x, y]) - expected) < 1e-9)
    #expect(spread.distance(to: spread.mean) == 0)
  }

  @Test("it survives writing down")
  func codable() throws {
    let familiarity = try #require(Familiarity(lessons: try prepared(0..<30)))
    let data = try JSONEncoder().encode(familiarity)
    #expect(try JSONDecoder().decode(Familiarity.self, from: data) == familiarity)
  }
}
