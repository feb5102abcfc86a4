import Foundation
import Terminal

/// Prints outside words so that nothing in them reaches the terminal raw.
func say(_ text: String = "") {
  print(
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { sanitized(String($0)) }.joined(separator: "\n"))
}

/// A sentence on standard error.
func warn(_ text: String) {
  FileHandle.standardError.write(Data((sanitized(text) + "\n").utf8))
}

/// Prints a value as JSON with sorted keys, so that two runs can be compared.
func sayJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  encoder.dateEncodingStrategy = .iso8601
  print(String(decoding: try encoder.encode(value), as: UTF8.self))
}

/// A table with columns as wide as their longest cell.
func table(_ header: [String], _ rows: [[String]]) -> String {
  let lines = ([header] + rows).map { $0.map(sanitized) }
  let widths = header.indices.map { column in
    lines.map { cellWidth(of: $0[column]) }.max() ?? 0
  }
  return lines.map { line in
    zip(line, widths).map { padded($0, toCells: $1) }.joined(separator: "  ")
      .replacing(#/ +$/#, with: "")
  }.joined(separator: "\n")
}

/// A share as people write it.
func percent(_ share: Double?) -> String {
  share.map { String(format: "%.0f %%", $0 * 100) } ?? "–"
}

/// A number with its noun: “1 file”, “2 files”.
func counted(_ count: Int, _ one: String, _ many: String) -> String {
  "\(count) \(count == 1 ? one : many)"
}
