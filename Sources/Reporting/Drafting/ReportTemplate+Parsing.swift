import Foundation

extension ReportTemplate {
  /// Reads the text of a template.
  ///
  /// - Throws: ``ReportingError/template(line:reason:)`` at the first mistake: a department sees
  ///   what is wrong when it edits, not when somebody signs.
  public init(parsing text: String) throws(ReportingError) {
    var parser = TemplateParser()
    let count = try parser.take(lines: text)
    do {
      self = try parser.template()
    } catch {
      throw .template(line: count, reason: error.reason)
    }
  }
}

extension Snippet {
  /// Reads a file of nothing but `snippet:` lines and notes.
  ///
  /// - Throws: ``ReportingError/template(line:reason:)`` at the first mistake.
  static func all(parsing text: String) throws(ReportingError) -> [Snippet] {
    var parser = TemplateParser(isShared: true)
    _ = try parser.take(lines: text)
    return parser.snippets
  }
}

/// Takes a template line by line.
private struct TemplateParser {
  /// There is nothing but snippets.
  private let isShared: Bool
  private(set) var snippets: [Snippet] = []
  private var settings: [String: String] = [:]
  private var sections: [ReportTemplate.Section] = []

  init(isShared: Bool = false) { self.isShared = isShared }

  /// Takes a whole text and answers how many lines it has.
  mutating func take(lines text: String) throws(ReportingError) -> Int {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      do {
        try take(line.trimmingCharacters(in: .whitespaces))
      } catch {
        throw .template(line: index + 1, reason: error.reason)
      }
    }
    return lines.count
  }

  private mutating func take(_ line: String) throws(Sentence.Flaw) {
    if line.isEmpty || line.hasPrefix("#") { return }
    if line.hasPrefix("["), !isShared { return try open(line) }
    guard let colon = line.firstIndex(of: ":") else {
      throw Sentence.Flaw(reason: "It is neither “[key] Title” nor “word: text”.")
    }
    let word = String(line[..<colon])
    let text = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    guard sections.isEmpty else { return try add(word, text) }
    if word == "snippet" { return try add(try Snippet(text)) }
    guard !isShared else {
      throw Sentence.Flaw(reason: "Here only snippet: is known; templates have files of their own.")
    }
    guard ["template", "body-parts", "modalities"].contains(word), settings[word] == nil else {
      throw Sentence.Flaw(
        reason: "Before the first section only template:, body-parts: and modalities: are known, "
          + "each once, and snippet:.")
    }
    settings[word] = text
  }

  func template() throws(Sentence.Flaw) -> ReportTemplate {
    guard let name = settings["template"], !name.isEmpty else {
      throw Sentence.Flaw(reason: "The template has no name; write “template: Name” first.")
    }
    guard !sections.isEmpty else { throw Sentence.Flaw(reason: "The template has no section.") }
    func words(_ key: String) -> [String] {
      (settings[key] ?? "").split(separator: " ").map { $0.uppercased() }
    }
    return ReportTemplate(
      name: name.printable, bodyParts: words("body-parts"), modalities: words("modalities"),
      sections: sections, snippets: snippets)
  }

  private mutating func add(_ snippet: Snippet) throws(Sentence.Flaw) {
    guard !snippets.contains(where: { $0.abbreviation == snippet.abbreviation }) else {
      throw Sentence.Flaw(reason: "There are two snippets of this abbreviation.")
    }
    snippets.append(snippet)
  }

  /// `[key] Title (required)`.
  private mutating func open(_ line: String) throws(Sentence.Flaw) {
    guard let end = line.firstIndex(of: "]") else {
      throw Sentence.Flaw(reason: "The section's key is not closed by ].")
    }
    let key = String(line[line.index(after: line.startIndex)..<end])
    var title = line[line.index(after: end)...].trimmingCharacters(in: .whitespaces)
    let mark = "(required)"
    let isRequired = title.hasSuffix(mark)
    if isRequired { title = title.dropLast(mark.count).trimmingCharacters(in: .whitespaces) }
    guard !key.isEmpty, key.utf8.allSatisfy({ (0x61...0x7a).contains($0) || $0 == 0x2d }) else {
      throw Sentence.Flaw(reason: "A section's key is made of small letters and hyphens.")
    }
    guard !title.isEmpty else { throw Sentence.Flaw(reason: "The section has no title.") }
    guard !sections.contains(where: { $0.key == key }) else {
      throw Sentence.Flaw(reason: "There are two sections with this key.")
    }
    sections.append(
      ReportTemplate.Section(key: key, title: title.printable, isRequired: isRequired))
  }

  private mutating func add(_ word: String, _ text: String) throws(Sentence.Flaw) {
    if word == "choice" {
      guard !text.isEmpty else { throw Sentence.Flaw(reason: "The words to choose are missing.") }
      sections[sections.count - 1].choices.append(try Phrase(text))
      return
    }
    guard let occasion = ReportTemplate.Occasion(rawValue: word) else {
      let known = ReportTemplate.Occasion.allCases.map { "\($0.rawValue):" } + ["choice:"]
      throw Sentence.Flaw(
        reason: "“\(word.printable)” is unknown; known are " + known.joined(separator: ", ") + ".")
    }
    guard !text.isEmpty else { throw Sentence.Flaw(reason: "The sentence is missing.") }
    let values = ReportTemplate.studyValues.union(
      occasion.isAboutRegions ? ReportTemplate.regionValues : [])
    let sentence = try Sentence(text, values: values)
    guard !occasion.isAboutRegions || sentence.begins(with: "name") else {
      throw Sentence.Flaw(
        reason: "A sentence about a region begins with {name}, which links it to the region.")
    }
    sections[sections.count - 1].lines.append(
      ReportTemplate.Line(occasion: occasion, sentence: sentence))
  }
}
