import Crypto
import Foundation

/// What happened, a line of JSON for each round, signed, each with the digest of the one before it.
///
/// A line is JSON with sorted keys and without spaces, in UTF-8. “before” is the SHA-256 of the
/// line before it in hexadecimal, empty in the first; “signature” is ECDSA by the coordinator's
/// P-256 key over the SHA-256 of the line without “signature”: `r` and `s` of 32 bytes, in base64.
struct ConsortiumLedger: Sendable {
  private let place: URL
  private let key: CoordinatorKey
  private(set) var lines: [String]

  /// The ledger of a file, which may not be there yet.
  ///
  /// - Throws: ``ConsortiumError/ledgerBroken(line:reason:)``,
  ///   ``ConsortiumError/notKept(place:reason:)``.
  init(at place: URL, signedBy key: CoordinatorKey) throws(ConsortiumError) {
    self.place = place
    self.key = key
    var text = (try? Data(contentsOf: place)) ?? Data()
    if let last = text.last, last != UInt8(ascii: "\n") {
      // A line that was being written when the power went was told to nobody.
      text = text.prefix(upTo: text.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0)
      try WholeFile.write([UInt8](text), to: place)
    }
    lines = try Self.verified(text, by: key.publicKey)
  }

  /// What the next line has as “before”.
  var head: String { lines.last.map(Self.digest) ?? "" }

  /// The next line, not yet added.
  func line(of entry: LedgerEntry) throws(ConsortiumError) -> String {
    var entry = entry
    entry.before = head
    entry.signature = try key.signature(of: CanonicalJSON.text(entry))
    return CanonicalJSON.text(entry)
  }

  /// Adds a line that follows from the last one; one that is there already is not added twice.
  ///
  /// - Throws: ``ConsortiumError/ledgerBroken(line:reason:)``,
  ///   ``ConsortiumError/notKept(place:reason:)``.
  mutating func add(_ line: String) throws(ConsortiumError) {
    guard !lines.contains(line) else { return }
    guard Self.facts(of: line)?.before == head else {
      throw .ledgerBroken(line: lines.count, reason: "does not lead to the model that is kept")
    }
    do {
      if !FileManager.default.fileExists(atPath: place.path) {
        try WholeFile.write([], to: place)
      }
      let file = try FileHandle(forWritingTo: place)
      defer { try? file.close() }
      try file.seekToEnd()
      try file.write(contentsOf: Data((line + "\n").utf8))
      try file.synchronize()
    } catch { throw .notKept(place: place.path, reason: error.localizedDescription) }
    lines.append(line)
  }

  private static func digest(_ line: String) -> String {
    Array(SHA256.hash(data: Data(line.utf8))).hexadecimal
  }

  private struct Facts: Decodable {
    let before: String
    /// None in the ledger of a coordinator that signs nothing.
    let signature: String?
  }

  private static func facts(of line: String) -> Facts? {
    try? JSONDecoder().decode(Facts.self, from: Data(line.utf8))
  }

  /// The lines of a ledger, if each is signed and follows from the one before it; without a key no
  /// signature is looked at.
  ///
  /// - Throws: ``ConsortiumError/ledgerBroken(line:reason:)`` for the first that does not.
  static func verified(
    _ text: Data, by key: P256.Signing.PublicKey?
  ) throws(ConsortiumError) -> [String] {
    var lines: [String] = []
    for bytes in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .dropLast()
    {
      let number = lines.count + 1
      guard let line = String(validating: bytes, as: UTF8.self), let facts = facts(of: line) else {
        throw .ledgerBroken(line: number, reason: "cannot be read")
      }
      guard facts.before == lines.last.map(digest) ?? "" else {
        throw .ledgerBroken(line: number, reason: "does not follow from the one before it")
      }
      // As text: a number written in another way would be another line.
      if let key {
        let signature = facts.signature ?? ""
        let parts = line.split(separator: ",\"signature\":\"\(signature)\"")
        guard parts.count == 2, key.verifies(signature, of: parts.joined()) else {
          throw .ledgerBroken(line: number, reason: "is not signed by the coordinator")
        }
      }
      lines.append(line)
    }
    return lines
  }
}
