import Crypto
import Foundation

/// The public key of a site's node, however somebody writes it down.
public struct PublicNodeKey: Sendable, Hashable {
  /// As ``NodeKey/publicPEM``, and as coordinators compare keys.
  public let pem: String
  /// As `ssh-keygen -l` shows it, for people who compare keys by telephone.
  public let fingerprint: String

  /// Reads PEM (SubjectPublicKeyInfo) or a line of OpenSSH, of the curves that Flower takes.
  ///
  /// - Throws: ``ConsortiumError/unreadableKey``.
  public init(_ text: String) throws(ConsortiumError) {
    let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
    let words = text.split(separator: " ").map(String.init)
    for curve in Self.curves {
      let key = words.first == curve.kind ? curve.key(inLine: words) : curve.key(inPEM: text)
      guard let key else { continue }
      pem = key.pemRepresentation + "\n"
      fingerprint = curve.fingerprint(of: key)
      return
    }
    throw .unreadableKey
  }

  private static let curves = [
    Curve("nistp384", P384.Signing.PublicKey.self), Curve("nistp256", P256.Signing.PublicKey.self),
    Curve("nistp521", P521.Signing.PublicKey.self),
  ]
}

/// A key of one of the curves.
private protocol CurveKey {
  init(x963Representation: Data) throws
  init(pemRepresentation: String) throws
  var x963Representation: Data { get }
  var pemRepresentation: String { get }
}

extension P256.Signing.PublicKey: CurveKey {}
extension P384.Signing.PublicKey: CurveKey {}
extension P521.Signing.PublicKey: CurveKey {}

/// How a curve's keys are written.
private struct Curve: Sendable {
  private let name: String
  private let type: any (CurveKey & Sendable).Type

  init(_ name: String, _ type: any (CurveKey & Sendable).Type) {
    self.name = name
    self.type = type
  }

  /// The first word of OpenSSH's line.
  var kind: String { "ecdsa-sha2-\(name)" }

  func key(inPEM text: String) -> (any CurveKey)? { try? type.init(pemRepresentation: text) }

  func key(inLine words: [String]) -> (any CurveKey)? {
    guard words.count > 1, let blob = Data(base64Encoded: words[1]), blob.starts(with: front),
      let key = try? type.init(x963Representation: Data(blob.dropFirst(front.count + 4))),
      self.blob(of: key) == blob
    else { return nil }
    return key
  }

  func fingerprint(of key: any CurveKey) -> String {
    let digest = Data(SHA256.hash(data: blob(of: key)))
    return "SHA256:" + digest.base64EncodedString().replacing("=", with: "")
  }

  /// Source: RFC 5656, section 3.1.
  private func blob(of key: any CurveKey) -> Data {
    front + Self.counted(key.x963Representation)
  }

  private var front: Data { Self.counted(Data(kind.utf8)) + Self.counted(Data(name.utf8)) }

  private static func counted(_ part: Data) -> Data {
    let length = UInt32(part.count)
    return Data((0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) }) + part
  }
}
