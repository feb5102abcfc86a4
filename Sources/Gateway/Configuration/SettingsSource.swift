import Foundation

/// The text that settings were read from: it knows in which line one stands.
///
/// The TOML parser tells places of its own errors only.
struct SettingsSource {
  let text: String
  let file: URL

  /// The line of a setting, else that of its table, counted from 1; nil where neither is found,
  /// for example in a table that is written in one line.
  ///
  /// `number` says which of several tables of that name, counted from 1.
  func line(of key: String, table: String, number: Int) -> Int? {
    let path = table.isEmpty ? key : "\(table).\(key)"
    var (current, counts): (String, [String: Int]) = ("", ["": 1])
    var header: Int?
    for (index, line) in text.split(separator: /\r?\n/, omittingEmptySubsequences: false)
      .enumerated()
    {
      if let match = line.firstMatch(of: /^\s*\[{1,2}\s*([^\]]*?)\s*\]{1,2}/) {
        current = String(match.1)
        counts[current, default: 0] += 1
        if current == path { return index + 1 }
        if current == table, isNumber(number, of: table, counts) { header = index + 1 }
      } else if current == table, isNumber(number, of: table, counts),
        let match = line.firstMatch(of: /^\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*=/),
        (match.1 ?? match.2 ?? match.3).map(String.init) == key
      {
        return index + 1
      }
    }
    return header
  }

  /// A table inside one of several counts with the one it is in.
  private func isNumber(_ number: Int, of table: String, _ counts: [String: Int]) -> Bool {
    counts[table, default: 0] == number
      || counts[String(table.prefix { $0 != "." }), default: 0] == number
  }
}
