import TestSupport
import Testing

@testable import DICOM

@Suite("A set of patterns")
struct PatternSetTests {
  @Test("finds what a plain search for each pattern finds", arguments: 0..<100)
  func plainSearch(seed: UInt64) {
    var random = Seeded(seed)
    // Few letters, so that patterns begin alike, overlap, and are found in half of the texts.
    func word(_ count: ClosedRange<Int>) -> [UInt8] {
      (0..<Int.random(in: count, using: &random)).map { _ in
        UInt8(ascii: Bool.random(using: &random) ? "a" : "b")
      }
    }
    let patterns = (0..<8).map { _ in word(0...12) }
    var set = PatternSet(shortest: 4)
    for pattern in patterns { set.insert(pattern) }
    let long = patterns.filter { $0.count >= 4 }
    for _ in 0..<50 {
      let bytes = word(0...16)
      let isThere = long.contains { pattern in
        bytes.indices.contains { bytes[$0...].starts(with: pattern) }
      }
      #expect(set.appears(in: bytes) == isThere)
    }
  }

  @Test("knows neither capitals nor what stands between the parts of a name")
  func folding() {
    var set = PatternSet(shortest: 5)
    set.insert("Li^Wei".utf8)
    for text in ["LI WEI", "xli^weix", "li Wei"] { #expect(set.appears(in: Array(text.utf8))) }
    for text in ["", "li", "liwei", "Li-Wei", "li we"] {
      #expect(!set.appears(in: Array(text.utf8)))
    }
  }

  @Test("keeps nothing that is too short, and finds no zeros where nothing was")
  func short() {
    var set = PatternSet(shortest: 5)
    set.insert("Wei".utf8)
    #expect(!set.appears(in: Array("Wei Wei Wei".utf8)))
    set.insert([0, 0, 0, 0, 7])
    #expect(!set.appears(in: [7, 0, 0, 0, 0]))
    #expect(!set.appears(in: [0, 0, 7, 0, 0]))
    #expect(set.appears(in: [1, 0, 0, 0, 0, 7]))
  }
}
