/// How much more a message may open to.
///
/// Many names may stand for one part, and one chunk may be counted often: so room is taken before
/// the work is done, and what was opened once is not opened again.
struct OpeningRoom {
  private var places = FleetLimits.mostObjects
  private var bytes = FleetLimits.largestMessage
  private var sent: [ObjectID: Int] = [:]
  /// The arrays that were opened already.
  var arrays: [ObjectID: FleetArray] = [:]

  /// Room for names of parts, and for chunks as often as they are counted.
  mutating func take(places count: Int) throws(FleetError) {
    guard count <= places else {
      throw .tooMuch("places for parts", limit: FleetLimits.mostObjects)
    }
    places -= count
  }

  /// Room for the values of an array.
  mutating func take(bytes count: Int) throws(FleetError) {
    guard count <= bytes else {
      throw .tooMuch("bytes in arrays", limit: FleetLimits.largestMessage)
    }
    bytes -= count
  }

  /// Room for a record under another name.
  mutating func takeAgain(_ record: FleetRecord) throws(FleetError) {
    guard case .arrays(let arrays) = record else { return }
    try take(places: arrays.count)
    for (_, array) in arrays { try take(bytes: array.byteCount) }
  }

  /// Notes a chunk that was sent.
  mutating func note(_ length: Int, of chunk: ObjectID) { sent[chunk] = length }

  /// Whether the values are not many times what was sent: a new model's zeros are one chunk counted
  /// often, and so is what fills a memory.
  func checkRepetition() throws(FleetError) {
    let most = FleetLimits.mostRepetition * sent.values.reduce(0, +) + FleetLimits.freeRepetition
    guard FleetLimits.largestMessage - bytes <= most else {
      throw .tooMuch("bytes in arrays", limit: most)
    }
  }
}
