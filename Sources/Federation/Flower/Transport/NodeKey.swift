import Crypto
public import Foundation

/// The key by which a coordinator knows this site: ECDSA on the curve P-384.
public struct NodeKey: Sendable {
  private let key: P384.Signing.PrivateKey
  /// As the wire carries it: PEM with a line end after its last line.
  public let publicPEM: String

  /// A new key.
  public init() { self.init(P384.Signing.PrivateKey()) }

  private init(_ key: P384.Signing.PrivateKey) {
    self.key = key
    // Once: it goes with every question.
    publicPEM = key.publicKey.pemRepresentation + "\n"
  }

  /// Takes the key from a file, or makes one there that only its owner may read.
  ///
  /// - Throws: ``FleetError/unusableFile(what:reason:)`` for a file that others may read, that holds
  ///   no such key, or that cannot be made.
  public init(at place: URL) throws(FleetError) {
    func unusable(_ reason: String) -> FleetError {
      .unusableFile(what: "node key", reason: reason)
    }
    let files = FileManager.default
    // Only where there is none: a key that cannot be looked at for now is not given up.
    var status = stat()
    if unsafe lstat(place.path, &status) != 0 {
      guard errno == ENOENT, Self.makeFile(at: place) else {
        throw unusable("\(place.path) can be neither read nor made")
      }
    }
    guard let found = try? files.attributesOfItem(atPath: place.path) else {
      throw unusable("\(place.path) cannot be read")
    }
    guard let rights = (found[.posixPermissions] as? NSNumber)?.intValue, rights & 0o077 == 0 else {
      throw unusable("others than its owner may read it; chmod 600 \(place.path)")
    }
    guard let text = try? String(contentsOf: place, encoding: .utf8),
      let key = try? P384.Signing.PrivateKey(pemRepresentation: text)
    else { throw unusable("\(place.path) holds no P-384 key in PEM") }
    self.init(key)
  }

  /// Puts a new key there, whole and at no moment readable by others; one that another program puts
  /// there first stays.
  private static func makeFile(at place: URL) -> Bool {
    let draft = place.deletingLastPathComponent()
      .appending(path: ".\(place.lastPathComponent).\(UUID().uuidString)").path
    let flags = O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC
    let file = unsafe open(draft, flags, 0o600)
    guard file >= 0 else { return false }
    defer { unsafe unlink(draft) }
    let text = Array((P384.Signing.PrivateKey().pemRepresentation + "\n").utf8)
    let isWritten = unsafe write(file, text, text.count) == text.count && fsync(file) == 0
    close(file)
    guard isWritten else { return false }
    guard unsafe link(draft, place.path) == 0 || errno == EEXIST else { return false }
    return (try? DurableFile.sync(place.deletingLastPathComponent())) != nil
  }

  /// As `flwr supernode register` reads it: one line in the form of OpenSSH.
  ///
  /// Source: RFC 5656, section 3.1.
  public var publicOpenSSH: String {
    var blob = Data()
    for part in [
      Data("ecdsa-sha2-nistp384".utf8), Data("nistp384".utf8), key.publicKey.x963Representation,
    ] {
      let length = UInt32(part.count)
      blob.append(contentsOf: (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) })
      blob.append(part)
    }
    return "ecdsa-sha2-nistp384 \(blob.base64EncodedString())"
  }

  /// The header fields that show at a moment who asks.
  ///
  /// The signature is of the time alone, so whoever sees it could ask in this site's name for five
  /// minutes: only TLS keeps it.
  func proof(at now: Date) throws(FleetError) -> [(name: String, value: String)] {
    let time = Self.time(now)
    let signature: P384.Signing.ECDSASignature
    do { signature = try key.signature(for: SHA256.hash(data: Data(time.utf8))) } catch {
      throw .unusableFile(what: "node key", reason: "it does not sign")
    }
    return [
      ("flwr-public-key", Data(publicPEM.utf8).base64EncodedString()),
      ("flwr-timestamp", time),
      ("flwr-signature", signature.derRepresentation.base64EncodedString()),
    ]
  }

  /// ISO 8601 to the microsecond, as Python writes it; so that no two questions have the same.
  static func time(_ date: Date) -> String {
    let microseconds = Int64((date.timeIntervalSince1970 * 1_000_000).rounded())
    let (seconds, fraction) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    let second = Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
    let digits = String(fraction)
    // Older Pythons know no "Z".
    return second.dropLast() + "." + String(repeating: "0", count: 6 - digits.count) + digits
      + "+00:00"
  }
}
