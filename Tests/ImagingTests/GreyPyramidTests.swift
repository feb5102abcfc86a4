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
