/// Where the chunks of an array lie, counted from its first value's first byte.
///
/// The head of the file lies before it, in negative numbers.
struct ChunkPlaces: Sendable {
  struct Place: Sendable {
    let id: ObjectID
    let range: Range<Int>
  }

  private let places: [Place]

  init(after head: Int, _ chunks: [(id: ObjectID, length: Int)]) {
    var start = -head
    places = chunks.filter { $0.length > 0 }.map { chunk in
      defer { start += chunk.length }
      return Place(id: chunk.id, range: start..<start + chunk.length)
    }
  }

  /// The values' bytes of each chunk that has any.
  var pieces: [Range<Int>] {
    places.map { max($0.range.lowerBound, 0)..<max($0.range.upperBound, 0) }.filter { !$0.isEmpty }
  }

  /// The chunks with bytes of that range, which is not empty.
  func covering(_ range: Range<Int>) -> some Sequence<Place> {
    let first = places.indices.first(fromWhich: { places[$0].range.upperBound > range.lowerBound })
    return places[first...].prefix { $0.range.lowerBound < range.upperBound }
  }
}

extension Range<Int> {
  /// The first number of which something is true that stays true for all later ones; the end if it
  /// is true of none.
  ///
  /// It is asked of few: whoever reads 100,000 chunks one by one walks through all of them once.
  func first(fromWhich isTrue: (Int) -> Bool) -> Int {
    var rest = self
    while !rest.isEmpty {
      let middle = rest.lowerBound + rest.count / 2
      rest = isTrue(middle) ? rest.lowerBound..<middle : middle + 1..<rest.upperBound
    }
    return rest.lowerBound
  }
}
