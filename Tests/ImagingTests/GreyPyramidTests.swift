import TestSupport
import Testing

@testable import Imaging

@Suite struct GreyPyramidTests {
  private func noise(_ columns: Int, _ rows: Int, seed: UInt64) -> GreyImage {
    var random = Seeded(seed)
    let values = (0..<columns * rows).map { index in
      Float(index % columns) * 3 + Float.random(in: 0...200, using: &random)
    }
    return GreyImage(columns: columns, rows: rows, values: values)
  }

  @Test("half an image is the mean of each four pixels, and of those there are at an odd edge")
  func halved() {
    let image = GreyImage(columns: 3, rows: 3, values: [1, 3, 8, 5, 7, 10, 2, 4, 9])
    let half = image.halved()
    #expect(half.columns == 2 && half.rows == 2)
    #expect(half.values == [4, 9, 3, 9])
  }

  @Test("a picture is the same with the pyramid as without it, up to a share of a grey's noise")
  func same() {
    let image = noise(700, 513, seed: 3)
    let pyramid = GreyPyramid(image)
    var view = View(window: .spanning(0, 2300))
    for (zoom, x, y) in [(1.0, 0.5, 0.5), (1.7, 0.3, 0.6), (6.0, 0.9, 0.1)] {
      (view.zoom, view.centerX, view.centerY) = (zoom, x, y)
      let whole = render(image, view, width: 90, height: 60, pixelAspect: 2)
      let quick = pyramid.render(view, width: 90, height: 60, pixelAspect: 2)
      let differences = zip(whole, quick).map { abs(Int($0) - Int($1)) }
      #expect(differences.reduce(0, +) <= differences.count, "zoom \(zoom)")
      // Noise of 200 in 2300 is 22 greys; areas of a few pixels differ by their ragged edges.
      #expect((differences.max() ?? 0) <= 22, "zoom \(zoom): the same pixels are black")
    }
  }

  @Test("where nothing shrinks by two, the pyramid changes nothing")
  func identical() {
    let image = noise(300, 300, seed: 4)
    var view = View(window: .spanning(0, 1100), isInverted: true)
    view.zoom = 3
    #expect(
      GreyPyramid(image).render(view, width: 200, height: 200)
        == render(image, view, width: 200, height: 200))
  }

  @Test("an image of any small size has a picture", arguments: [(1, 1), (1, 500), (129, 128)])
  func small(columns: Int, rows: Int) {
    let image = GreyImage(
      columns: columns, rows: rows, values: Array(repeating: 7, count: columns * rows))
    let view = View(window: .spanning(0, 7))
    let pixels = GreyPyramid(image).render(view, width: 3, height: 3)
    #expect(pixels.contains(255))
  }
}

@Suite struct GreySamplesTests {
  @Test(
    "every value comes back as it was, whole numbers in half the room",
    arguments: [
      ([0, 1, 2, 65_535], 2), ([-1024, 0, 3071], 2), ([-32_768, 32_767], 2), ([7], 2),
      ([0, 65_536], 4), ([0.5, 1], 4), ([0x1p24, 0x1p24 + 2], 4), ([.nan, 1], 4),
      ([.infinity, 1], 4), ([-.infinity, .infinity], 4),
    ] as [([Float], Int)])
  func exact(values: [Float], bytesEach: Int) {
    let samples = GreySamples(values)
    #expect(samples.bytes == values.count * bytesEach)
    #expect(values.indices.map { samples[$0].bitPattern } == values.map(\.bitPattern))
  }

  @Test("a raster of whole numbers is the same to the last bit as one of floats", arguments: 0..<6)
  func resampled(seed: UInt64) {
    var random = Seeded(seed)
    let (columns, rows) = (57, 43)
    let values = (0..<columns * rows).map { _ in
      Float(Int.random(in: -1024...3071, using: &random))
    }
    let image = GreyImage(columns: columns, rows: rows, values: values)
    let step = Double.random(in: 0.3...3, using: &random)
    let across = Axis(count: 30, origin: -2, step: step, limit: Double(columns))
    let down = Axis(count: 20, origin: 1, step: step, limit: Double(rows))
    #expect(
      GreySamples(values).resampled(columns: columns, across, down, outside: -7)
        == image.resampled(across, down, outside: -7))
  }

  @Test("the value under a place is that of the image; padding and outside are none")
  func value() {
    let image = GreyImage(columns: 2, rows: 2, values: [1, 2, 3, -9], padding: -9)
    let pyramid = GreyPyramid(image)
    for (x, y) in [(0.5, 0.5), (1.9, 0), (0, 1.2), (1.5, 1.5), (2, 0), (-0.1, 0)] {
      #expect(pyramid.value(x: x, y: y) == image.value(x: x, y: y))
    }
  }
}
