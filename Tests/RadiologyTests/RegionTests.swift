import Radiology
import Testing

@Suite struct RegionTests {
  @Test(
    "a region without area cannot exist",
    arguments: [
      (0.0, 0.0, 0.0, 5.0), (5, 0, 4, 5), (0, 5, 5, 5), (0, 0, .nan, 5), (0, 0, .infinity, 5),
    ])
  func area(corners: (Double, Double, Double, Double)) {
    #expect(throws: RadiologyError.regionWithoutArea) {
      try Region(instance: "i", x0: corners.0, y0: corners.1, x1: corners.2, y1: corners.3)
    }
  }

  @Test("a region overlaps itself wholly, a neighbour not at all, and half of a half as a third")
  func overlap() {
    #expect(square.overlap(with: square) == 1)
    #expect(square.overlap(with: square.moved(x: 10, y: 0)) == 0)
    #expect(square.overlap(with: square.moved(x: 5, y: 0)) == 1.0 / 3)
  }

  @Test("clipping keeps the part inside the image, and nothing of a region beyond it")
  func clipping() {
    #expect(square.moved(x: -5, y: -5).clipped(columns: 100, rows: 100)?.area == 25)
    #expect(square.moved(x: 200, y: 0).clipped(columns: 100, rows: 100) == nil)
  }

  @Test("its longest side is in millimetres where the spacing is known, and unknown elsewhere")
  func size() {
    #expect(square.longestSide(rowSpacing: 0.5, columnSpacing: 0.25) == 5)
    #expect(square.longestSide(rowSpacing: nil, columnSpacing: 0.25) == nil)
  }

  @Test("its left upper edge belongs to it, its right lower edge does not")
  func edges() {
    #expect(square.contains(x: 0, y: 0))
    #expect(!square.contains(x: 10, y: 5))
  }
}
