public import Engine

/// A partner's update as the coordinator believes it: signed, whole, and from the roster.
public struct ReceivedUpdate: Sendable {
  public let round: Int
  public let place: Int
  public let lessons: Int
  /// SHA-256 of the parameters the partner began with.
  public let modelIn: String
  public let change: Parameters

  /// Reads an update and believes it only if the partner it names signed it.
  ///
  /// - Throws: ``FederationError`` for bytes that are cut, too long, unsigned or from a stranger.
  public init(opening bytes: [UInt8], by roster: Roster) throws(FederationError) {
    // The place is inside the signed bytes: it says whose key to try, no more.
    var wire = try WireReader(bytes, magic: SealedUpdate.magic)
    _ = try wire.integer(UInt32.self)
    let place = Int(try wire.integer(UInt16.self))
    guard roster.partners.indices.contains(place) else { throw .unknownPartner }

    wire = try WireReader(
      try verified(bytes, by: roster.partners[place]), magic: SealedUpdate.magic)
    round = Int(try wire.integer(UInt32.self))
    self.place = Int(try wire.integer(UInt16.self))
    lessons = Int(try wire.integer(UInt32.self))
    guard lessons > 0 else { throw .noLessons }
    modelIn = try wire.take(digestLength).hexadecimal
    change = try Parameters(wire: try wire.take(wire.remaining))
  }
}
