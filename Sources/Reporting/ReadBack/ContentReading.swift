import DICOM

/// Goes through a content tree and writes down what a person would read of it.
///
/// All of PS3.3 C.17.3 may be in it, from any maker, well made or not. Left out is what is there
/// for programs: identifiers, outlines, the image library, the device that wrote it.
struct ContentReading {
  /// More lines than anybody reads, and fewer than would fill the memory.
  static let mostLines = 5_000
  private static let deepest = 24

  private var lines: [String] = []
  private var isCut = false
  private var leftOut = 0

  /// What was read, with a word on what was not.
  var finished: [String] {
    var lines = lines
    if isCut { lines += ["", "The document goes on; it is too long to be shown here."] }
    if leftOut > 0 {
      let entries = leftOut == 1 ? "entry" : "entries"
      lines += ["", "Left out: \(leftOut) \(entries) for programs only."]
    }
    return lines.isEmpty ? ["It has no words."] : lines
  }

  mutating func read(_ items: [DataSet], depth: Int) {
    for item in items {
      guard depth <= Self.deepest, lines.count < Self.mostLines else {
        isCut = true
        return
      }
      read(item, depth: depth)
    }
  }

  private mutating func read(_ item: DataSet, depth: Int) {
    if item.isForPrograms {
      leftOut += 1
      return
    }
    let name = item.meaning(.conceptNameCodeSequence)
    let margin = String(repeating: "  ", count: depth)
    let children = item.items(.contentSequence)
    if item.string(.valueType) == "CONTAINER" {
      if !lines.isEmpty { lines.append("") }
      lines.append(margin + (name ?? "Section").uppercased())
    } else if let words = item.words {
      add(name, words, margin)
    } else {
      leftOut += 1
    }
    read(children, depth: depth + 1)
  }

  /// `Name: words`, or the words below their name where they are several lines.
  private mutating func add(_ name: String?, _ words: [String], _ margin: String) {
    let words = words.filter { !$0.isEmpty }
    guard let first = words.first else { return }
    if words.count == 1 {
      lines.append(margin + (name.map { "\($0): " } ?? "") + first)
      return
    }
    if let name { lines.append("\(margin)\(name):") }
    let room = Self.mostLines - lines.count
    if words.count > room { isCut = true }
    lines += words.prefix(max(0, room)).map { "\(margin)  \($0)" }
  }
}

extension DataSet {
  /// What an item says; none if it says nothing in words.
  ///
  /// Source: the value types of PS3.3 table C.17.3-7.
  fileprivate var words: [String]? {
    switch string(.valueType) {
    case "TEXT": string(.textValue)?.printableLines
    case "CODE": meaning(.conceptCodeSequence).map { [$0] }
    case "NUM": [number]
    case "PNAME": personName(.personName).map { [$0.display.printable] }
    case "DATE": string(.date).map { [$0.dicomDate] }
    case "TIME": string(.time).map { [$0.dicomTime] }
    case "DATETIME":
      string(.dateTime).map { ["\($0.dicomDate) \(String($0.dropFirst(8)).dicomTime)"] }
    default: nil
    }
  }

  private var number: String {
    guard let value = items(.measuredValueSequence).first,
      let number = value.string(.numericValue)?.printable
    else { return meaning(.numericValueQualifierCodeSequence) ?? "not measured" }
    let unit = value.items(.measurementUnitsCodeSequence).first
    // A unit of UCUM is its own short name; `1` is none (PS3.16 CID 7181).
    let short = unit.flatMap {
      $0.string(.codingSchemeDesignator) == "UCUM" ? $0.string(.codeValue) : $0.string(.codeMeaning)
    }?.printable
    return [number, short == "1" ? nil : short].compactMap(\.self).joined(separator: " ")
  }

  /// An item, with all below it, that no person reads.
  fileprivate var isForPrograms: Bool {
    let name = items(.conceptNameCodeSequence).first
    guard name?.string(.codingSchemeDesignator) == "DCM", let code = name?.string(.codeValue) else {
      return false
    }
    return Self.codesForPrograms.contains(code)
  }

  /// Language; image library; the device observer's particulars (PS3.16 TID 1004).
  private static let codesForPrograms: Set = [
    "121049", "111028", "121012", "121013", "121014", "121015", "121016", "121017",
  ]
}
