import TestSupport
import Testing

@testable import Federation

@Suite("An array of many chunks is read without walking through all of them for each")
struct ChunkPlacesTests {
  @Test("the chunks of any part of an array are those that have bytes of it", arguments: 0..<50)
  func covering(seed: UInt64) {
    var random = Seeded(seed)
    let chunks = (0..<Int.random(in: 1...20, using: &random)).map {
      (id: ObjectID(of: [UInt8($0)]), length: Int.random(in: 0...5, using: &random))
    }
    let head = Int.random(in: 0...3, using: &random)
    let places = ChunkPlaces(after: head, chunks)
    let bytes = chunks.flatMap { Array(repeating: $0.id, count: $0.length) }.dropFirst(head)
    for lower in bytes.indices {
      for upper in lower + 1...bytes.endIndex {
        let found = places.covering(lower - head..<upper - head).map(\.id)
        #expect(Set(found) == Set(bytes[lower..<upper]) && Set(found).count == found.count)
      }
    }
    #expect(places.pieces.reduce(0) { $0 + $1.count } == bytes.count)
  }

  @Test("of 100,000 chunks few are looked at to find one")
  func few() {
    for wanted in [0, 1, 49_999, 99_999, 100_000] {
      var looks = 0
      let found = (0..<100_000).first(fromWhich: {
        looks += 1
        return $0 >= wanted
      })
      #expect(found == wanted && looks <= 17)
    }
  }
}
