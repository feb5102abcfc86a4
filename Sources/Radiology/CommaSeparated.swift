/// Tables as spreadsheets write them (RFC 4180).
public enum CommaSeparated {
  /// The fields of each record; nothing is an error, as quotes that never end do at the end.
  public static func records(_ text: String) -> [[String]] {
    var records: [[String]] = []
    var record: [String] = []
    var field = ""
    var isQuoted = false
    var characters = text.makeIterator()
    var pending = characters.next()
    func endField() { record.append(field); field = "" }
    while let character = pending {
      pending = characters.next()
      switch character {
      case "\"" where isQuoted && pending == "\"":
        field.append("\"")
        pending = characters.next()
      case "\"": isQuoted.toggle()
      case "," where !isQuoted: endField()
      case "\n" where !isQuoted, "\r\n" where !isQuoted:
        endField()
        records.append(record)
        record = []
      default: field.append(character)
      }
    }
    if !field.isEmpty || !record.isEmpty {
      endField()
      records.append(record)
    }
    return records
  }
  /// A table whose records end with CRLF.
  ///
  /// A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula, and would run
  /// what stands in a patient's name; an apostrophe before it makes it a text.
  public static func text(_ records: [[String]]) -> String {
    records.map { $0.map(cell).joined(separator: ",") + "\r\n" }.joined()
  }

  private static func cell(_ text: String) -> String {
    // Spreadsheets look past spaces and control characters at the beginning.
    let first = text.unicodeScalars.first { $0.value > 0x20 }
    let isFormula = first.map { "=+-@\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}".unicodeScalars.contains($0) }
    let safe = isFormula == true ? "'" + text : text
    guard safe.unicodeScalars.contains(where: { "\",\r\n".unicodeScalars.contains($0) }) else {
      return safe
    }
    // By scalars: a mark that combines makes another character of a quote, and no other byte.
    let doubled = safe.unicodeScalars.reduce(into: "") { result, scalar in
      result.unicodeScalars.append(scalar)
      if scalar == "\"" { result.unicodeScalars.append(scalar) }
    }
    return "\"\(doubled)\""
  }
}
