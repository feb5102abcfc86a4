public import Foundation

/// One code with its meaning; only a ``CodeTable`` makes them.
struct Code: Hashable, Sendable {
  /// Coding Scheme Designator (0008,0102), for example `SCT`.
  let designator: String
  /// Code Value (0008,0100).
  let value: String
  /// Code Meaning (0008,0104).
  let meaning: String

  fileprivate init(designator: String, value: String, meaning: String) {
    self.designator = designator
    self.value = value
    self.meaning = meaning
  }
}

/// The reviewed table of `assets/codes.tsv`: for every concept the one code that stands for it.
///
/// Wrong codes pass every validator of documents, so the table fails closed: it has to hold
/// exactly what was reviewed, or there is no table and hence no document.
public struct CodeTable: Sendable {
  private let codes: [Concept: Code]

  /// Reads the table in a folder of assets.
  ///
  /// - Throws: ``ReportingError`` if it cannot be read or is not the reviewed one.
  public init(folder: URL) throws(ReportingError) {
    try self.init(parsing: try Assets.text(of: "codes.tsv", in: folder))
  }

  /// Reads the text of a table, whose fingerprint has to be the given one.
  ///
  /// - Throws: ``ReportingError`` at the first line that is wrong, or if it is another table.
  init(parsing text: String, fingerprint: UInt64 = reviewed) throws(ReportingError) {
    var codes: [Concept: Code] = [:]
    var seen: Set<Code> = []
    var hasHeader = false
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where !line.hasPrefix("#") && !line.isEmpty {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      if !hasHeader {
        guard fields == Self.columns else {
          throw .codeTable(line: index + 1, reason: "The columns are not the expected ones.")
        }
        hasHeader = true
        continue
      }
      let (concept, code) = try Self.row(fields, line: index + 1)
      guard codes.updateValue(code, forKey: concept) == nil, seen.insert(code).inserted else {
        throw .codeTable(line: index + 1, reason: "Its key or its code is there twice.")
      }
    }
    for concept in Concept.allCases where codes[concept] == nil {
      throw .codeMissing(key: concept.rawValue)
    }
    let own = Self.fingerprint(of: codes)
    guard own == fingerprint else { throw .codeTableUnreviewed(fingerprint: own) }
    self.codes = codes
  }

  subscript(concept: Concept) -> Code {
    guard let code = codes[concept] else { preconditionFailure("a table has every concept") }
    return code
  }

  private static let columns = ["key", "designator", "value", "meaning", "source", "note"]
  /// DICOM's, and under the last part of their addresses those of HL7's terminology.
  private static let designators: Set = [
    "DCM", "SCT", "RADLEX", "LN", "UCUM", "RFC5646", "v2-0074", "v2-0203", "observation-category",
    "list-empty-reason", "v3-DataOperation", "provenance-participant-type",
  ]

  private static func row(
    _ fields: [String], line: Int
  ) throws(ReportingError) -> (Concept, Code) {
    func fail(_ reason: String) -> ReportingError { .codeTable(line: line, reason: reason) }
    guard fields.count == columns.count else {
      throw fail("It needs six columns separated by tabs.")
    }
    guard let concept = Concept(rawValue: fields[0]) else {
      throw fail("No document uses its key.")
    }
    guard designators.contains(fields[1]) else { throw fail("Its coding scheme is unknown.") }
    let isClean = fields[2...3].allSatisfy { field in
      !field.isEmpty && field == field.trimmingCharacters(in: .whitespaces)
        && field.utf8.allSatisfy { (0x20..<0x7f).contains($0) && $0 != 0x5c }
    }
    // PS3.3 8.1 and 8.3: SH and LO.
    guard isClean, fields[2].utf8.count <= 16, fields[3].utf8.count <= 64 else {
      throw fail("Its code or meaning is empty, too long or not plain ASCII.")
    }
    guard !fields[4].isEmpty else { throw fail("It does not say where the code was looked up.") }
    return (concept, Code(designator: fields[1], value: fields[2], meaning: fields[3]))
  }

  /// What the codes in `assets/codes.tsv` come to; to be changed only with a review of it.
  static let reviewed: UInt64 = 0x6a8a_3abb_b63d_3b8f

  /// A checksum over keys, designators, values and meanings, in the order of the keys.
  private static func fingerprint(of codes: [Concept: Code]) -> UInt64 {
    var text = ""
    for concept in Concept.allCases {
      guard let code = codes[concept] else { continue }
      text += "\(concept.rawValue)\t\(code.designator)\t\(code.value)\t\(code.meaning)\n"
    }
    return UInt64(truncatingIfNeeded: Fingerprint.of(text))
  }
}
