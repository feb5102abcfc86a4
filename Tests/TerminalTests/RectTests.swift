import TestSupport
import Testing

@testable import Terminal

@Suite struct RectTests {
  @Test("parts of a split touch, do not overlap and never leave", arguments: 0..<200)
  func split(seed: UInt64) {
    var random = Seeded(seed)
    let whole = Rect(
      x: .random(in: -5...5, using: &random), y: 3, width: .random(in: 0...60, using: &random),
      height: .random(in: 0...60, using: &random))
    let parts: [Length] = (0..<Int.random(in: 0...6, using: &random)).map { _ in
      let amount = Int.random(in: -3...40, using: &random)
      return Bool.random(using: &random) ? .cells(amount) : .share(amount)
    }
    var next = whole.x
    for part in whole.splitColumns(parts) {
      #expect(part.x == next)
      #expect(part.height == whole.height)
      next = part.endX
    }
    #expect(next <= whole.endX)
    let hasShare = parts.contains { if case .share(let weight) = $0 { weight > 0 } else { false } }
    if hasShare { #expect(next == whole.endX) }
    #expect(whole.splitRows(parts).reduce(0) { $0 + $1.height } <= whole.height)
  }

  @Test("splitting off more than there is takes all")
  func greedy() {
    let whole = Rect(x: 1, y: 2, width: 10, height: 4)
    #expect(whole.splitRows(bottom: 9).rest.height == 0)
    #expect(whole.splitRows(bottom: 1).bottom == Rect(x: 1, y: 5, width: 10, height: 1))
    #expect(whole.splitColumns(right: 3).right == Rect(x: 8, y: 2, width: 3, height: 4))
    #expect(whole.splitRows(top: -1).top.isEmpty)
  }

  @Test("insetting too much and missing each other gives an empty rectangle")
  func empty() {
    let small = Rect(x: 0, y: 0, width: 3, height: 1)
    #expect(small.inset(by: 2).isEmpty)
    #expect(!small.intersects(Rect(x: 3, y: 0, width: 2, height: 2)))
    #expect(small.intersection(Rect(x: 9, y: 9, width: 2, height: 2)).isEmpty)
  }

  @Test("a popup larger than the screen is cut to it")
  func centred() {
    let screen = Rect(x: 0, y: 0, width: 20, height: 10)
    #expect(screen.centred(width: 10, height: 4) == Rect(x: 5, y: 3, width: 10, height: 4))
    #expect(screen.centred(width: 90, height: 90) == screen)
  }
}
