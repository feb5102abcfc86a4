/// A table that says of each picture in a folder what it shows: `manifest.csv`.
///
/// Columns: `file` is required; `label` (`normal` or `suspicious`), `patient`, `site`, `split`
/// (`train`, `val`, `test`), `boxes` (`x0 y0 x1 y1;…` in pixels), `label_source`, `view`, `age`,
/// `modality` and `body_part` are used where they are there. Comma separated with RFC 4180 quotes.
public struct Manifest: Sendable, Hashable {
  /// One picture.
  public struct Row: Sendable, Hashable {
    /// Path relative to the manifest's folder.
    public let file: String
    public let label: Call?
    public let patient: String
    public let site: String
    public let split: Lesson.Part?
    public let boxes: [Box]
    public let labelSource: String
    /// Where the picture comes from; `synthetic` for one that was generated.
    public let source: String
    public let view: String
    public let age: Int?
    public let modality: String
    public let bodyPart: String
  }

  /// A rectangle in pixels of the picture; `x1` and `y1` are exclusive.
  public struct Box: Sendable, Hashable {
    public let x0: Double
    public let y0: Double
    public let x1: Double
    public let y1: Double

    public init(x0: Double, y0: Double, x1: Double, y1: Double) {
      self.x0 = x0
      self.y0 = y0
      self.x1 = x1
      self.y1 = y1
    }
  }

  public let rows: [Row]
  /// What had to be left out, one sentence each: unknown columns, labels and splits.
  public let complaints: [String]
  /// Why a row was left out, by the file it names; nothing of what the row says is in the reasons.
  public let leftOut: [String: String]

  /// Reads the text of a manifest.
  ///
  /// A row that cannot be used is left out with a complaint; an unknown column is ignored with
  /// one.
  /// - Throws: ``RadiologyError`` if there is no header, no `file` column, or no usable row.
  public init(parsing text: String) throws(RadiologyError) {
    var lines = CommaSeparated.records(text)
    guard !lines.isEmpty else { throw .manifestIsEmpty }
    let header = lines.removeFirst().map { $0.trimmingPrefix("\u{FEFF}").lowercased() }
    guard header.contains("file") else { throw .manifestLacksColumn("file") }
    var complaints = header.filter { !Self.known.contains($0) }.map {
      "Column “\($0.safeForPeople)” is unknown and was ignored; known are: "
        + Self.known.joined(separator: ", ") + "."
    }
    var rows: [Row] = []
    var leftOut: [String: String] = [:]
    for (index, fields) in lines.enumerated() {
      if fields == [""] { continue }
      do {
        rows.append(try Row(header: header, fields: fields))
      } catch {
        complaints.append("Row \(index + 2) was left out: \(error.text)")
        if let file = zip(header, fields).first(where: { $0.0 == "file" })?.1 {
          leftOut[file] = error.discreet
        }
      }
    }
    if rows.isEmpty {
      throw .manifestHasNoUsableRow(
        complaint: complaints.last ?? "it has none.", leftOut: leftOut)
    }
    self.leftOut = leftOut
    self.rows = rows
    self.complaints = complaints
  }

  static let known = [
    "file", "label", "finding", "patient", "site", "split", "source", "boxes", "box_source",
    "label_source", "view", "age", "modality", "body_part", "width", "height", "orig",
  ]
}

/// Why one row cannot be used.
private enum RowComplaint: Error {
  case fields(Int, header: Int)
  case path
  case box
  case unknown(column: String, word: String, known: String)

  /// For whoever wrote the row: its own words are repeated.
  var text: String {
    guard case .unknown(let column, let word, let known) = self else { return discreet }
    return "\(column) “\(word.safeForPeople)” is unknown; use \(known)."
  }

  /// For the store: a row may say anything, also a patient's name, so that nothing is repeated.
  var discreet: String {
    switch self {
    case .fields(let count, let header): "it has \(count) fields and the header \(header)."
    case .path: "“file” has to be a path inside the manifest's folder."
    case .box: "a box has to be “x0 y0 x1 y1” with x0 < x1 and y0 < y1."
    case .unknown(let column, _, let known): "its \(column) is unknown; use \(known)."
    }
  }
}

extension Manifest.Row {
  fileprivate init(header: [String], fields: [String]) throws(RowComplaint) {
    guard fields.count == header.count else {
      throw .fields(fields.count, header: header.count)
    }
    func field(_ name: String) -> String {
      header.firstIndex(of: name).map { fields[$0] } ?? ""
    }
    file = field("file")
    guard !file.isEmpty, !file.hasPrefix("/"), !file.split(separator: "/").contains("..") else {
      throw .path
    }
    let labelText = field("label")
    label = Call(rawValue: labelText)
    guard labelText.isEmpty || label != nil else {
      throw .unknown(column: "label", word: labelText, known: "normal, suspicious or nothing")
    }
    let splitText = field("split")
    split =
      switch splitText {
      case "train": .train
      case "val", "validation": .validation
      case "test": .test
      default: nil
      }
    guard splitText.isEmpty || split != nil else {
      throw .unknown(column: "split", word: splitText, known: "train, val, test or nothing")
    }
    var boxes: [Manifest.Box] = []
    for part in field("boxes").split(separator: ";") {
      let numbers = part.split(separator: " ").map { Double($0) }
      guard numbers.count == 4, let x0 = numbers[0], let y0 = numbers[1], let x1 = numbers[2],
        let y1 = numbers[3], x0 < x1, y0 < y1
      else { throw .box }
      boxes.append(Manifest.Box(x0: x0, y0: y0, x1: x1, y1: y1))
    }
    self.boxes = boxes
    patient = field("patient")
    site = field("site")
    labelSource = field("label_source")
    source = field("source")
    view = field("view")
    age = Int(field("age"))
    modality = field("modality")
    bodyPart = field("body_part")
  }
}

extension String {
  /// At most forty printable characters: outside words inside a sentence of ours.
  fileprivate var safeForPeople: String {
    String(
      prefix(40).map { character in
        character.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
          ? character : "?"
      })
  }
}
