public import Crypto
public import Foundation

/// The key by which a coordinator signs rosters and ledger lines: ECDSA on the curve P-256.
public struct CoordinatorKey: Sendable {
  private let key: P256.Signing.PrivateKey

  /// What sites pin.
  public var publicKey: P256.Signing.PublicKey { key.publicKey }

  /// The same in PEM, with a line end after its last line.
  public var publicPEM: String { key.publicKey.pemRepresentation + "\n" }

  /// A new key.
  public init() { key = P256.Signing.PrivateKey() }

  /// Takes the key from a file, or makes one there that only its owner may read.
  ///
  /// - Throws: ``ConsortiumError/damaged(place:reason:)`` for a file that others may read or that
  ///   holds no such key, and ``ConsortiumError/notKept(place:reason:)``.
  public init(at place: URL) throws(ConsortiumError) {
    if !FileManager.default.fileExists(atPath: place.path) {
      let text = P256.Signing.PrivateKey().pemRepresentation + "\n"
      try WholeFile.write(Array(text.utf8), to: place, replacing: false)
    }
    let rights = try? FileManager.default.attributesOfItem(atPath: place.path)[.posixPermissions]
    guard let rights = (rights as? NSNumber)?.intValue, rights & 0o077 == 0 else {
      throw .damaged(
        place: place.path, reason: "others than its owner may read it (chmod 600 mends it)")
    }
    guard let text = try? String(contentsOf: place, encoding: .utf8),
      let key = try? P256.Signing.PrivateKey(pemRepresentation: text)
    else { throw .damaged(place: place.path, reason: "it holds no P-256 key in PEM") }
    self.key = key
  }

  /// Over the text's SHA-256: `r` and `s` of 32 bytes each, in base64.
  func signature(of text: String) throws(ConsortiumError) -> String {
    do throws(FederationError) {
      return Data(try sign(Array(text.utf8), with: key)).base64EncodedString()
    } catch { throw .damaged(place: "the coordinator's key", reason: "it does not sign") }
  }
}

extension P256.Signing.PublicKey {
  /// Whether that is a signature as ``CoordinatorKey/signature(of:)`` makes them.
  func verifies(_ signature: String, of text: String) -> Bool {
    guard let bytes = Data(base64Encoded: signature),
      let signature = try? P256.Signing.ECDSASignature(rawRepresentation: bytes)
    else { return false }
    return isValidSignature(signature, for: SHA256.hash(data: Data(text.utf8)))
  }
}
