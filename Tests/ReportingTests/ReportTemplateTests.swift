import Foundation
import Radiology
import Testing

@testable import Reporting

@Suite("Report templates")
struct ReportTemplateTests {
  private func template(_ lines: String) throws -> ReportTemplate {
    try ReportTemplate(parsing: "template: Test\n\n[findings] Findings (required)\n" + lines)
  }

  private func reason(_ text: String) -> (line: Int, reason: String)? {
    do {
      _ = try ReportTemplate(parsing: text)
      return nil
    } catch {
      guard case .template(let line, let reason) = error else { return nil }
      return (line, reason)
    }
  }

  @Test("every template of the assets can be read and asks for findings and an impression")
  func shipped() throws {
    let shelf = try Sample.templates()
    #expect(shelf.flaws == [])
    #expect(
      shelf.summary.map(\.name) == [
        "Abdominal radiograph", "Chest radiograph", "Any study", "Limb radiograph", "Mammogram",
      ])
    for template in shelf.templates.dropLast() {
      #expect(template.snippets.contains { $0.abbreviation == "clin" })
      #expect(
        template.sections.map(\.key) == [
          "indication", "technique", "comparison", "findings", "impression", "recommendation",
        ])
      #expect(template.sections.filter(\.isRequired).map(\.key) == ["findings", "impression"])
    }
  }

  @Test(
    "a study gets the template that fits best",
    arguments: [
      ("CHEST", "DX", "Chest radiograph"), ("chest", "CR", "Chest radiograph"),
      ("CHEST", "CT", "Any study"), ("BREAST", "MG", "Mammogram"), ("", "", "Any study"),
      ("HAND", "DX", "Limb radiograph"), ("KNEE", "CR", "Limb radiograph"),
      ("ABDOMEN", "DX", "Abdominal radiograph"), ("PELVIS", "MR", "Any study"),
    ])
  func fitting(part: String, modality: String, name: String) throws {
    let study = Study(
      uid: "1", patient: "", modality: modality, bodyPart: part, arrived: Sample.date(0))
    #expect(try Sample.templates().fitting(study).name == name)
  }

  @Test("a sentence whose value is missing is left out, and so is a bracket")
  func missingValues() throws {
    let names: Set = ["size", "name"]
    let sentence = try Sentence("{name}: here[, about {size}].", values: names)
    #expect(sentence.filled(["name": "R1", "size": "3 mm"]) == "R1: here, about 3 mm.")
    #expect(sentence.filled(["name": "R1", "size": ""]) == "R1: here.")
    #expect(sentence.filled(["size": "3 mm"]) == nil)
  }

  @Test("values from outside cannot bring a control character into a sentence")
  func hostileValues() throws {
    let sentence = try Sentence("{name}.", values: ["name"])
    #expect(sentence.filled(["name": "a\u{1b}[31m\nb\u{202e}c"]) == "a [31m bc.")
  }

  @Test(
    "a mistake is refused with its line and what to write instead",
    arguments: [
      ("[findings] Findings", 1, "no name"), ("template: T", 1, "no section"),
      ("template: T\nnonsense", 2, "neither"), ("template: T\ntemplate: U\n[a] A", 2, "once"),
      ("template: T\n[a] A\nnever: x", 3, "known are always:"),
      ("template: T\n[a] A\nalways:", 3, "missing"),
      ("template: T\n[a] A\nalways: {size}", 3, "{size} is no value here"),
      ("template: T\n[a] A\nregion: here is {name}", 3, "begins with {name}"),
      ("template: T\n[a] A\nalways: {date", 3, "not closed"),
      ("template: T\n[a] A\nalways: [x", 3, "not closed"),
      ("template: T\n[a] A\nalways: [x[y]]", 3, "nested"),
      ("template: T\n[a] A\nalways: x]", 3, "not opened"),
      ("template: T\n[a] A\n[a] B", 3, "two sections"), ("template: T\n[A] A", 2, "small letters"),
      ("template: T\n[a] A\nchoice:", 3, "missing"),
      ("template: T\n[a] A\nchoice: {one}", 3, "{this|that}"),
      ("template: T\n[a] A\nchoice: {one|two", 3, "not closed"),
      ("template: T\nsnippet: Nod x", 2, "small letters"),
      ("template: T\nsnippet: nod", 2, "words"),
      ("template: T\nsnippet: a x\nsnippet: a y", 3, "two snippets"),
      ("template: T\n[a]", 2, "no title"), ("template: T\n[a A", 2, "not closed"),
    ])
  func mistakes(text: String, line: Int, words: String) throws {
    let found = try #require(reason(text))
    #expect(found.line == line)
    #expect(found.reason.contains(words), "\(found.reason)")
  }

  @Test("notes and empty lines are skipped, and a file from another system is read")
  func lineEnds() throws {
    let text = "# note\r\ntemplate: T\r\n\r\n[a] A (required)\r\nalways: Yes.\r\n"
    let template = try ReportTemplate(parsing: text)
    #expect(template.sections.first?.title == "A")
    #expect(template.sections.first?.lines.count == 1)
  }
}
