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
    let point = Self.curves.lazy.compactMap { curve -> (Curve, Data, String)? in
      let found =
        words.first == curve.kind
        ? words.dropFirst().first.flatMap { curve.point(inBlob: $0) }.flatMap(curve.key)
        : curve.keyFromPEM(text)
      return found.map { (curve, $0.point, $0.pem) }
    }.first
    guard let (curve, bytes, pem) = point else { throw .unreadableKey }
    self.pem = pem + "\n"
    fingerprint = curve.fingerprint(of: bytes)
  }

  private struct Curve: Sendable {
    let name: String
    /// From a point in the form of X9.63.
    let key: @Sendable (Data) -> (point: Data, pem: String)?
    let keyFromPEM: @Sendable (String) -> (point: Data, pem: String)?

    var kind: String { "ecdsa-sha2-\(name)" }

    /// What RFC 5656, section 3.1, puts in front of the point.
    private var front: Data {
      [kind, name].reduce(into: Data()) { $0 += Self.counted(Data($1.utf8)) }
    }

    private static func counted(_ part: Data) -> Data {
      let length = UInt32(part.count)
      return Data((0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) }) + part
    }

    func point(inBlob text: String) -> Data? {
      guard let blob = Data(base64Encoded: text), blob.starts(with: front),
        blob.count > front.count + 4
      else { return nil }
      let point = Data(blob.dropFirst(front.count + 4))
      return front + Self.counted(point) == blob ? point : nil
    }

    func fingerprint(of point: Data) -> String {
      let digest = SHA256.hash(data: front + Self.counted(point))
      let text = Data(digest).base64EncodedString()
      return "SHA256:" + text.replacing("=", with: "")
    }
  }

  private static let curves = [
    Curve(
      name: "nistp384",
      key: { bytes in
        (try? P384.Signing.PublicKey(x963Representation: bytes)).map {
          ($0.x963Representation, $0.pemRepresentation)
        }
      },
      keyFromPEM: { text in
        (try? P384.Signing.PublicKey(pemRepresentation: text)).map {
          ($0.x963Representation, $0.pemRepresentation)
        }
      }),
    Curve(
      name: "nistp256",
      key: { bytes in
        (try? P256.Signing.PublicKey(x963Representation: bytes)).map {
          ($0.x963Representation, $0.pemRepresentation)
        }
      },
      keyFromPEM: { text in
        (try? P256.Signing.PublicKey(pemRepresentation: text)).map {
          ($0.x963Representation, $0.pemRepresentation)
        }
      }),
    Curve(
      name: "nistp521",
      key: { bytes in
        (try? P521.Signing.PublicKey(x963Representation: bytes)).map {
          ($0.x963Representation, $0.pemRepresentation)
        }
      },
      keyFromPEM: { text in
        (try? P521.Signing.PublicKey(pemRepresentation: text)).map {
          ($0.x963Representation, $0.pemRepresentation)
        }
      }),
  ]
}
