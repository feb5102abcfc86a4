public import DICOM

/// What a document that arrived says, as plain text: a structured report of this program or of
/// any other, or another object that has words.
///
/// The words are its author's, whoever that was; nothing of them is checked, and nothing is
/// concluded from them.
public struct ReadDocument: Sendable, Hashable {
  /// What it calls itself, for example `Radiology Report`.
  public let title: String
  /// Of which examination it is, when and where it was written, and whether anybody verified it.
  public let facts: [String]
  /// One paragraph or entry each, without anything a terminal would obey.
  public let lines: [String]

  public init(title: String, facts: [String] = [], lines: [String]) {
    self.title = title
    self.facts = facts
    self.lines = lines
  }

  /// Reads any object; what has no words says so.
  public init(_ document: DataSet) {
    facts = document.facts
    switch document.string(.modality) {
    case "PR":
      title = "Presentation state"
      let words = document.drawnWords
      lines = words.isEmpty ? ["It changes how images are shown, and has no words."] : words
    case _ where document.contains(.encapsulatedDocument):
      title = document.string(.documentTitle)?.printable ?? "Document"
      let type = document.string(.mimeTypeOfEncapsulatedDocument)?.printable ?? "unknown"
      lines = ["A document of type \(type) is packed in here; other programs show it."]
    case _ where !document.items(.contentSequence).isEmpty:
      title = document.meaning(.conceptNameCodeSequence) ?? "Structured report"
      var reading = ContentReading()
      reading.read(document.items(.contentSequence), depth: 0)
      lines = reading.finished
    default:
      title = "Object without words"
      lines = ["Nothing in here can be read as text."]
    }
  }

  /// Title, facts and words in one text.
  public var text: String {
    ([title] + facts.map { "  \($0)" } + [""] + lines).joined(separator: "\n")
  }
}

extension DataSet {
  /// The meaning of the first code of a sequence.
  func meaning(_ sequence: Tag) -> String? {
    items(sequence).first?.string(.codeMeaning).map(\.printable).flatMap { $0.isEmpty ? nil : $0 }
  }

  fileprivate var facts: [String] {
    let exam = [string(.studyDate)?.dicomDate, string(.studyDescription)?.printable]
    let moment = [
      (string(.contentDate) ?? string(.presentationCreationDate))?.dicomDate,
      (string(.contentTime) ?? string(.presentationCreationTime))?.dicomTime,
    ]
    let maker = [string(.manufacturer), string(.manufacturerModelName)].compactMap(\.self)
    let origin = [
      moment.compactMap(\.self).joined(separator: " "),
      string(.institutionName)?.printable, maker.joined(separator: " ").printable,
    ].compactMap(\.self).filter { !$0.isEmpty }
    return [
      exam.compactMap(\.self).joined(separator: ", ").prefixed("Examination: "),
      origin.joined(separator: ", ").prefixed("Written: "), verification,
    ].compactMap(\.self)
  }

  /// How far a structured report has come, PS3.3 C.17.2; none for what is no report.
  private var verification: String? {
    guard let flag = string(.verificationFlag) else { return nil }
    let state = [
      string(.preliminaryFlag) == "PRELIMINARY" ? "preliminary" : nil,
      string(.completionFlag) == "PARTIAL" ? "not complete" : nil,
    ].compactMap(\.self)
    guard flag == "VERIFIED" else {
      return (["Not verified by anybody"] + state).joined(separator: ", ")
    }
    let observers = items(.verifyingObserverSequence).map { observer in
      let name = observer.personName(.verifyingObserverName)?.display.printable ?? ""
      let day = observer.string(.verificationDateTime)?.dicomDate
      return ([name.isEmpty ? "somebody without a name" : name] + [day].compactMap(\.self))
        .joined(separator: ", ")
    }
    return (["Verified by \(observers.joined(separator: "; "))"] + state).joined(separator: ", ")
  }

  /// What a presentation state writes on images.
  fileprivate var drawnWords: [String] {
    let label = [string(.contentLabel), string(.contentDescription)].compactMap { $0?.printable }
    let words = items(.graphicAnnotationSequence).flatMap { $0.items(.textObjectSequence) }
      .flatMap { $0.string(.unformattedTextValue)?.printableLines ?? [] }
    return Array((label + words).filter { !$0.isEmpty }.prefix(ContentReading.mostLines))
  }
}

extension String {
  /// `2026-11-23` of a date that begins `YYYYMMDD`, PS3.5 6.2; anything else as it stands.
  var dicomDate: String {
    let digits = prefix(8)
    guard digits.utf8.count == 8, digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
      return printable
    }
    return "\(digits.prefix(4))-\(digits.dropFirst(4).prefix(2))-\(digits.suffix(2))"
  }

  /// `13:24` of a time that begins `HHMM`; anything else as it stands.
  var dicomTime: String {
    let digits = prefix(4)
    guard digits.utf8.count == 4, digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
      return printable
    }
    return "\(digits.prefix(2)):\(digits.suffix(2))"
  }

  /// With words before it; none if there is nothing after them.
  fileprivate func prefixed(_ words: String) -> String? { isEmpty ? nil : words + self }
}
