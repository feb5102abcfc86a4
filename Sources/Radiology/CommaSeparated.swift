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
}
