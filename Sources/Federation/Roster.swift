public import Crypto

/// A hospital of the federation, known to the others by name and key.
public struct Partner: Sendable, Hashable {
  public let name: String
  /// P-256, as the partner gave it out of band.
  public let key: Data33

  /// A partner whose messages this key verifies.
  public init(name: String, key: P256.Signing.PublicKey) {
    self.name = name
    self.key = Data33(key.compressedRepresentation)
  }

  /// A compressed point of the curve (SEC 1, section 2.3.3).
  public struct Data33: Sendable, Hashable {
    let bytes: [UInt8]
    init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }
  }

  func verifies(_ signature: [UInt8], of message: some Collection<UInt8>) -> Bool {
    guard let key = try? P256.Signing.PublicKey(compressedRepresentation: key.bytes),
      let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature)
    else { return false }
    return key.isValidSignature(signature, for: SHA256.hash(data: Array(message)))
  }
}

/// Who takes part, in an order every partner agrees on.
///
/// On the wire a partner is its place in the roster: a number, so that no message needs words.
public struct Roster: Sendable, Hashable {
  public let coordinator: Partner
  public let partners: [Partner]

  /// - Throws: ``FederationError/rosterNotUsable(_:)`` if it is empty or names somebody twice.
  public init(coordinator: Partner, partners: [Partner]) throws(FederationError) {
    guard !partners.isEmpty else { throw .rosterNotUsable("it has no partner.") }
    guard partners.count <= Int(UInt16.max) else { throw .rosterNotUsable("it is too long.") }
    guard Set(partners.map(\.name)).count == partners.count else {
      throw .rosterNotUsable("two partners have the same name.")
    }
    guard Set(partners.map(\.key)).count == partners.count else {
      throw .rosterNotUsable("two partners have the same key.")
    }
    self.coordinator = coordinator
    self.partners = partners
  }

  /// A partner's place, which stands for it on the wire.
  public func place(of name: String) -> Int? { partners.firstIndex { $0.name == name } }
}
