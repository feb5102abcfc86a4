public import Crypto

/// A site's own seat in a federation: its place on the roster and the key only it has.
public struct Membership: Sendable {
  public let roster: Roster
  public let place: Int
  let key: P256.Signing.PrivateKey

  /// - Throws: ``FederationError/unknownPartner`` if the key is on no place of the roster.
  public init(roster: Roster, key: P256.Signing.PrivateKey) throws(FederationError) {
    let own = Partner(name: "", key: key.publicKey).key
    guard let place = roster.partners.firstIndex(where: { $0.key == own }) else {
      throw .unknownPartner
    }
    self.roster = roster
    self.place = place
    self.key = key
  }

  public var name: String { roster.partners[place].name }
}
