import Engine
import Radiology
import Testing

@testable import Triage

struct EvidenceMapTests {
  /// The whole 80 × 64 image on a 64 × 64 square, shrunk to 64 × 52 with padding above and below.
  private let placement = SquarePlacement(
    x0: 100, y0: 200, x1: 420, y1: 456, left: 0, top: 6, width: 64, height: 52, side: 64)

  private func map(_ hot: [Int: Float], level: Float = -3) -> EvidenceMap {
    var values = [Float](repeating: level, count: 64)
    for (cell, value) in hot { values[cell] = value }
    return EvidenceMap(
      values: values, cells: 8, placement: placement, pooling: .logSumExp(sharpness: 3))
  }

  @Test("the strongest cell points into the image it came from")
  func peak() {
    let map = map([3 * 8 + 5: 2, 4 * 8 + 1: 1])
    let point = map.peakPoint
    // The middle of column 5, row 3 of 8-pixel cells is (44, 28) on the square.
    #expect(abs(point.x - (100 + 44 * 5)) < 1e-9)
    #expect(abs(point.y - (200 + 22 * 256.0 / 52)) < 1e-9)
    #expect(map.peak == 2)
  }

  @Test("evidence on the padding points nowhere")
  func padding() {
    let map = map([2: 9, 3 * 8 + 3: 1])
    #expect(map.peak == 1)
    #expect(map.spots(above: 0, atMost: 5).count == 1)
  }

  @Test("separate places are separate spots, strongest first, and no more than asked for")
  func spots() {
    let map = map([9: 1, 13: 3, 42: 2, 46: 2.5])
    let spots = map.spots(above: 0, atMost: 5)
    #expect(spots.map(\.evidence) == [3, 2.5, 2, 1])
    #expect(map.spots(above: 0, atMost: 2).map(\.evidence) == [3, 2.5])
    #expect(map.spots(above: 2.2, atMost: 5).count == 2)
    #expect(map.spots(above: 4, atMost: 5).isEmpty)
  }

  @Test("one lesion over several cells is one spot with the box around them")
  func joined() throws {
    let map = map([18: 2, 19: 3, 20: 2.4, 27: 2.5])
    let spots = map.spots(above: 1, atMost: 5)
    #expect(spots.count == 1)
    let box = try #require(spots.first?.box)
    #expect(box == Manifest.Box(x0: 16, y0: 16, x1: 40, y1: 32))
  }

  @Test("a flat map has one peak and does not run forever")
  func flat() {
    let spots = map([:], level: 1).spots(above: 0, atMost: 5)
    #expect(spots.count == 1)
  }

  @Test(
    "every spot's box lies inside the image and holds its peak", arguments: 0..<20 as Range<UInt64>)
  func inside(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let values = (0..<64).map { _ in random.uniform(-3, 3) }
    let map = EvidenceMap(
      values: values, cells: 8, placement: placement, pooling: .logSumExp(sharpness: 3))
    let spots = map.spots(above: 0, atMost: 5)
    #expect(!spots.isEmpty)
    for spot in spots {
      let box = try #require(placement.imageBox(spot.box))
      #expect(box.x0 >= 100 && box.x1 <= 420 && box.y0 >= 200 && box.y1 <= 456)
    }
    let first = try #require(placement.imageBox(spots[0].box))
    #expect(first.contains(x: map.peakPoint.x, y: map.peakPoint.y))
  }
}
