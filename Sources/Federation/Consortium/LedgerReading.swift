public import Crypto
public import Foundation

/// A coordinator's ledger as a site reads it, to hold it against what the site itself remembers.
///
/// Ours and that of our application of Flower's have the same form.
public struct LedgerReading: Sendable {
  /// An update that the coordinator says it used.
  public struct Update: Sendable, Decodable, Equatable {
    /// Name of the answer that brought it.
    public let message: String
    public let examples: Int
  }

  /// How many lines it has.
  public let lines: Int
  public let updates: [Update]

  private struct Line: Decodable {
    let kind: String?
    let updates: [Update]?
  }

  /// Reads a ledger whose lines follow from each other, each signed by the key if there is one.
  ///
  /// - Throws: ``ConsortiumError/ledgerBroken(line:reason:)`` for the first line that is wrong.
  public init(
    _ text: Data, signedBy key: P256.Signing.PublicKey? = nil
  ) throws(ConsortiumError) {
    guard text.last == UInt8(ascii: "\n") else {
      throw .ledgerBroken(
        line: text.count { $0 == UInt8(ascii: "\n") } + 1, reason: "is cut")
    }
    let lines = try ConsortiumLedger.verified(text, by: key)
    self.lines = lines.count
    updates = lines.flatMap { text -> [Update] in
      guard let line = try? JSONDecoder().decode(Line.self, from: Data(text.utf8)) else {
        return []
      }
      // Measurements change no model.
      return line.kind == "evaluate" ? [] : line.updates ?? []
    }
  }
}
