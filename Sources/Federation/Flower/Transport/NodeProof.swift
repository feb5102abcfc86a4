import Crypto
import Foundation

/// The other side of ``NodeKey/proof(at:)``: who asks, if it is believed.
struct NodeProof {
  /// As ``NodeKey/publicPEM``; of any curve that Flower takes.
  let key: String
  /// When it was signed, as it was written.
  let timestamp: String
  let signed: Date

  /// How long after it was signed a timestamp is believed, and how long before; in seconds.
  static let window: ClosedRange<TimeInterval> = -5...305

  /// Reads and checks the three fields; none if anything is wrong with them.
  init?(key: String?, timestamp: String?, signature: String?, at now: Date) {
    guard let key, let timestamp, let signature,
      let pem = Data(base64Encoded: key).map({ String(decoding: $0, as: UTF8.self) }),
      let signature = Data(base64Encoded: signature),
      let signed = Self.date(timestamp), Self.window.contains(now.timeIntervalSince(signed)),
      Self.holds(signature, of: timestamp, by: pem)
    else { return nil }
    self.key = pem
    self.timestamp = timestamp
    self.signed = signed
  }

  private static func holds(_ signature: Data, of text: String, by pem: String) -> Bool {
    let digest = SHA256.hash(data: Data(text.utf8))
    if let key = try? P384.Signing.PublicKey(pemRepresentation: pem) {
      return (try? P384.Signing.ECDSASignature(derRepresentation: signature))
        .map { key.isValidSignature($0, for: digest) } ?? false
    }
    if let key = try? P256.Signing.PublicKey(pemRepresentation: pem) {
      return (try? P256.Signing.ECDSASignature(derRepresentation: signature))
        .map { key.isValidSignature($0, for: digest) } ?? false
    }
    if let key = try? P521.Signing.PublicKey(pemRepresentation: pem) {
      return (try? P521.Signing.ECDSASignature(derRepresentation: signature))
        .map { key.isValidSignature($0, for: digest) } ?? false
    }
    return false
  }

  /// ISO 8601 with a zone, with or without a fraction of the second.
  private static func date(_ text: String) -> Date? {
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
    return try? Date(text, strategy: style)
  }
}
