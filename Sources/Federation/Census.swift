public import Crypto

/// Asks every site about its lessons as a whole, on the coordinator's behalf.
public struct Census: Sendable {
  private let roster: Roster
  private let key: P256.Signing.PrivateKey
  private let channel: any Channel

  /// A census of the roster's sites, in questions the coordinator's key signs.
  public init(roster: Roster, key: P256.Signing.PrivateKey, channel: any Channel) {
    self.roster = roster
    self.key = key
    self.channel = channel
  }

  /// Asks the sites one after another, in the roster's order.
  ///
  /// - Returns: what each site said; a site that gives no answer, or none to believe, is not in it.
  /// - Throws: `CancellationError`, and ``FederationError`` if the question cannot be signed.
  public func ask(_ question: Question) async throws -> [String: Statistics] {
    let message = try question.signed(by: key)
    var answers: [String: Statistics] = [:]
    for (place, partner) in roster.partners.enumerated() {
      try Task.checkCancellation()
      do {
        let bytes = try await channel.carry(message, to: partner.name)
        answers[partner.name] = try Answer(opening: bytes, by: roster).statistics(
          from: place, to: question)
      } catch {
        try Task.checkCancellation()
      }
    }
    return answers
  }
}

/// A site's answer as the coordinator believes it: signed, whole, and from the roster.
struct Answer {
  let place: Int
  let question: [UInt8]
  let statistics: Statistics

  init(opening bytes: [UInt8], by roster: Roster) throws(FederationError) {
    // The place is inside the signed bytes: it says whose key to try, no more.
    var wire = try WireReader(bytes, magic: SealedAnswer.magic)
    let place = Int(try wire.integer(UInt16.self))
    guard roster.partners.indices.contains(place) else { throw .unknownPartner }

    wire = try WireReader(
      try verified(bytes, by: roster.partners[place]), magic: SealedAnswer.magic)
    self.place = Int(try wire.integer(UInt16.self))
    question = try wire.take(digestLength)
    statistics = try Statistics(decoding: try wire.take(wire.remaining))
  }

  /// - Throws: ``FederationError`` if somebody else answered, or something else.
  func statistics(
    from place: Int, to question: Question
  ) throws(FederationError) -> Statistics {
    guard self.place == place else { throw .unknownPartner }
    guard self.question == question.digest else { throw .wrongQuestion }
    return statistics
  }
}
