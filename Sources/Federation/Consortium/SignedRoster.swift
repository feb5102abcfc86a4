public import Crypto
import Foundation

/// A roster with the coordinator's word for it; sites believe no other.
///
/// The text is the roster as JSON with sorted keys and without spaces, in UTF-8; the signature is
/// ECDSA over the text's SHA-256 by the coordinator's P-256 key, `r` and `s` of 32 bytes each, in
/// base64. The file has both: `{"roster":{…},"signature":"…"}`.
public struct SignedRoster: Sendable, Hashable {
  public let roster: ConsortiumRoster
  /// As an instruction brings it under “roster”.
  public let text: String
  /// As an instruction brings it under “roster-signature”.
  public let signature: String

  /// More than any roster has; in bytes.
  private static let longest = 1 << 20

  /// - Throws: ``ConsortiumError/rosterUnusable(_:)`` if the key is not the coordinator's.
  public init(
    _ roster: ConsortiumRoster, signedBy key: CoordinatorKey
  ) throws(ConsortiumError) {
    guard roster.coordinator.key == key.publicKey.pemRepresentation else {
      throw .rosterUnusable("its coordinator has another key than this folder.")
    }
    self.roster = roster
    text = CanonicalJSON.text(roster)
    signature = try key.signature(of: text)
  }

  /// Reads a roster and believes it only if the owner of the key signed it.
  ///
  /// - Throws: ``ConsortiumError/rosterUnsigned``, and ``ConsortiumError/rosterUnusable(_:)`` for
  ///   what is signed but no sound roster.
  public init(
    text: String, signature: String, by key: P256.Signing.PublicKey
  ) throws(ConsortiumError) {
    guard text.utf8.count <= Self.longest else {
      throw .rosterUnusable("it is longer than \(Self.longest >> 20) MiB.")
    }
    guard key.verifies(signature, of: text) else { throw .rosterUnsigned }
    do { roster = try JSONDecoder().decode(ConsortiumRoster.self, from: Data(text.utf8)) } catch {
      throw (error as? ConsortiumError) ?? .rosterUnusable("it cannot be read.")
    }
    guard roster.coordinator.key == key.pemRepresentation else {
      throw .rosterUnusable("it names another coordinator than the one who signed it.")
    }
    self.text = text
    self.signature = signature
  }

  /// What a site believes of an instruction's roster: signed by the coordinator that it pinned, not
  /// older than the last it has seen, and with itself on it.
  ///
  /// - Parameters:
  ///   - text: “roster” of the instruction.
  ///   - signature: “roster-signature” of the instruction.
  ///   - key: the coordinator's, as it was pinned when the site joined.
  ///   - seen: the highest number of a roster that was believed; 0 at first.
  ///   - own: the site's own key, as ``NodeKey/publicPEM``.
  /// - Throws: ``ConsortiumError/rosterUnsigned``, ``ConsortiumError/rosterUnusable(_:)``,
  ///   ``ConsortiumError/rosterOlder(number:seen:)`` and ``ConsortiumError/notOnRoster(consortium:)``.
  public init(
    text: String, signature: String, by key: P256.Signing.PublicKey, notBefore seen: Int,
    naming own: String
  ) throws(ConsortiumError) {
    try self.init(text: text, signature: signature, by: key)
    guard roster.number >= seen else { throw .rosterOlder(number: roster.number, seen: seen) }
    guard roster.members.contains(where: { $0.key == own }) else {
      throw .notOnRoster(consortium: roster.consortium)
    }
  }
}

extension SignedRoster {
  private struct File: Codable {
    let roster: ConsortiumRoster
    let signature: String
  }

  /// The file's bytes.
  var file: [UInt8] {
    Array((CanonicalJSON.text(File(roster: roster, signature: signature)) + "\n").utf8)
  }

  /// Reads a file; see ``init(text:signature:by:)``.
  init(file bytes: [UInt8], by key: P256.Signing.PublicKey) throws(ConsortiumError) {
    let file: File
    do { file = try JSONDecoder().decode(File.self, from: Data(bytes)) } catch {
      throw (error as? ConsortiumError) ?? .rosterUnusable("its file cannot be read.")
    }
    try self.init(text: CanonicalJSON.text(file.roster), signature: file.signature, by: key)
  }
}
