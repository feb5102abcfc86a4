import Foundation
import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("Writing a report")
struct ReportTests {
  /// In the findings, with the caret at their end.
  private func writing() -> Workstation {
    var workstation = Workstation.onStudy()
    workstation.type("r")
    return workstation
  }

  private func findings(_ workstation: Workstation) -> String {
    workstation.study?.work.report.text(of: "findings") ?? ""
  }

  @Test("the report is entered where the reader's own words begin, and left where it is left")
  func entered() {
    var workstation = writing()
    #expect(workstation.screen().contains("▸✓ Findings"))
    _ = workstation.press(.tab)
    #expect(workstation.screen().contains("▸! Impression"))
    _ = workstation.press(.escape)
    workstation.type("r")
    #expect(workstation.screen().contains("▸! Impression"))
  }

  @Test("the list puts in the current region's sentence and goes on to the next region")
  func regions() {
    var workstation = writing()
    let before = findings(workstation)
    for name in ["R1", "R2"] {
      _ = workstation.press(.control("n"))
      #expect(workstation.screen().contains("▸\(name)"))
      _ = workstation.press(.enter)
      #expect(findings(workstation).hasPrefix(before + " R1: region not reviewed"))
    }
    #expect(findings(workstation).components(separatedBy: "R2: region").count == 3)
    _ = workstation.press(.control("u"))
    _ = workstation.press(.control("u"))
    #expect(findings(workstation) == before)
  }

  @Test("a choice asks what has to be picked, and Esc goes one pick back")
  func choices() {
    var workstation = writing()
    let before = findings(workstation)
    _ = workstation.press(.control("o"))
    workstation.type("heart")
    _ = workstation.press(.enter)
    #expect(workstation.screen().contains("enlarged"))
    workstation.type("enl")
    _ = workstation.press(.enter)
    #expect(findings(workstation) == before + " The heart is enlarged.")
    #expect(workstation.place == .report)
    _ = workstation.press(.control("o"))
    _ = workstation.press(.enter)
    _ = workstation.press(.escape)
    #expect(workstation.place == .report)
    #expect(findings(workstation) == before + " The heart is enlarged.")
  }

  @Test("a semicolon, an abbreviation and a space become the words they stand for")
  func snippets() {
    var workstation = writing()
    let before = findings(workstation)
    workstation.type(" ;clin ")
    #expect(findings(workstation) == before + " Clinical correlation. ")
    workstation.type(";nod ")
    #expect(workstation.place == .inserting)
    _ = workstation.press(.down)
    _ = workstation.press(.enter)
    _ = workstation.press(.enter)
    #expect(
      findings(workstation) == before + " Clinical correlation. Nodule of more than 8 mm on the "
        + "right. ")
    workstation.type(";no ")
    #expect(findings(workstation).hasSuffix(";no "))
    #expect(workstation.notices.hint?.contains("no snippet ;no") == true)
  }

  @Test("what an abbreviation may become is listed while it is typed, and only then")
  func offers() {
    var workstation = writing()
    #expect(!workstation.screen().contains(";clin"))
    workstation.type(" ;")
    #expect(workstation.screen().contains(";clin") && workstation.screen().contains(";nod"))
    workstation.type("c")
    for size in ScreenTests.sizes {
      let screen = workstation.screen(size.0, size.1)
      #expect(screen.contains(";clin") && !screen.contains(";nod"))
    }
    workstation.type("lin ")
    #expect(!workstation.screen().contains(";clin"))
  }

  @Test("nothing is put in while nothing may be written")
  func readOnly() {
    var workstation = Workstation.onStudy(Fixture.options(isReadOnly: true))
    workstation.type("r")
    for key in ["n", "o"] {
      _ = workstation.press(.control(Character(key)))
      #expect(workstation.overlays.isEmpty)
    }
  }

  @Test("a paste that a section has no room for is refused whole with its size")
  func paste() {
    var workstation = writing()
    _ = workstation.update(.input(.paste(String(repeating: "x", count: 15_000))))
    let before = findings(workstation)
    let answer = workstation.update(.input(.paste(String(repeating: "y", count: 15_000))))
    #expect(answer == [] && findings(workstation) == before)
    #expect(workstation.notices.hint?.contains("15000 characters") == true)
  }

  @Test("combining, wide and escape characters are kept as text and drawn within the pane")
  func characters() {
    var workstation = writing()
    _ = workstation.update(.input(.paste(" e\u{301}\u{323} 山田 😀 \u{1b}[31mred\u{7} \u{202e}x")))
    #expect(findings(workstation).contains("e\u{301}\u{323} 山田 😀 [31mred"))
    for width in [60, 100, 160] {
      let text = workstation.screen(width, 30)
      #expect(!text.contains("\u{1b}") && !text.contains("\u{202e}"))
    }
  }

  @Test("who types without a pause is saved all the same")
  func longTyping() {
    var workstation = writing()
    var saved = 0
    for tenth in 1...25 {
      workstation.type("x")
      let tick = workstation.update(.tick(Fixture.now + Double(tenth) / 10))
      saved += tick.count { if case .saveDraft = $0 { true } else { false } }
    }
    #expect(saved == 2)
  }

  @Test("a draft is told as saved while it is typed, and as unsaved when no answer comes")
  func unsaved() {
    var workstation = writing()
    func says(_ words: String) -> Bool { workstation.screen().contains("draft · \(words)") }
    workstation.type("x")
    #expect(says("not saved yet"))
    _ = workstation.update(.tick(Fixture.now + 1))
    // On its way is not there.
    #expect(says("not saved yet"))
    _ = workstation.update(.saved(.draft, "1.2.2"))
    #expect(says("saved"))
    // Another word is on its way: nothing flickers for it.
    workstation.type("y")
    #expect(says("saved"))
    let late = Fixture.now + 1 + StudyScreen.patience
    #expect(workstation.nextTick.map { $0 <= late } == true)
    _ = workstation.update(.tick(Fixture.now + 2))
    #expect(says("saved") && workstation.nextTick.map { $0 <= late } == true)
    _ = workstation.update(.tick(late))
    #expect(says("not saved yet"))
    _ = workstation.update(.saved(.draft, "1.2.2"))
    #expect(says("saved"))
    // One answer says nothing of a second draft that was sent meanwhile.
    workstation.type("y")
    _ = workstation.update(.tick(late + 1))
    workstation.type("y")
    _ = workstation.update(.tick(late + 2))
    _ = workstation.update(.saved(.draft, "1.2.2"))
    _ = workstation.update(.tick(late + 5))
    #expect(says("not saved yet"))
    _ = workstation.update(.saved(.draft, "1.2.2"))
    #expect(says("saved"))
    // Of a saving that failed the reader hears at once, until one has gone well.
    workstation.type("z")
    _ = workstation.update(.tick(late + 6))
    _ = workstation.update(.failed(.saveDraft("1.2.2"), "The disk is full."))
    #expect(says("not saved yet"))
    workstation.type("z")
    #expect(says("not saved yet"))
    _ = workstation.update(.saved(.draft, "1.2.2"))
    #expect(says("saved"))
  }

  @Test("the preview shows the document, also from the sign dialog, and leads back")
  func preview() {
    var workstation = Workstation.onStudy()
    workstation.type("cs")
    _ = workstation.press(.control("v"))
    #expect(workstation.screen().contains("RADIOLOGY REPORT"))
    #expect(workstation.screen().contains("Not signed: not to be acted on."))
    _ = workstation.press(.pageDown)
    _ = workstation.press(.escape)
    #expect(workstation.place == .image)
    workstation.type("S")
    _ = workstation.press(.control("v"))
    #expect(workstation.place == .preview)
    workstation.type("q")
    #expect(workstation.place == .signing)
  }

  @Test("a measurement is put in as its sentence, linked by its name")
  func measurements() {
    let row = Fixture.rows[0]
    var review = Review(of: row.triage!, by: "Dr Osei", at: Fixture.now)
    review.measurements = [
      Measurement(
        name: "M1", instance: "1.2.2.1", from: (10, 10), to: (10, 60), rowSpacing: 0.5,
        columnSpacing: 0.5, scale: .pixelSpacing)
    ]
    var workstation = Workstation.onWorklist()
    _ = workstation.press(.enter)
    _ = workstation.update(.studyOpened(Fixture.open(row, review: review)))
    workstation.type("r")
    _ = workstation.press(.backTab)
    _ = workstation.press(.control("n"))
    workstation.type("25")
    _ = workstation.press(.enter)
    let text = workstation.study?.work.report.sections[0].text
    #expect(text == "Cough, 3 weeks M1: 25.0 mm (Pixel Spacing).")
  }

  @Test("who reads first is shown nothing of the model in the preview, the list or a batch")
  func readFirst() {
    var workstation = Workstation.onWorklist()
    workstation.type("R")
    workstation.type(" S")
    #expect(workstation.notices.hint?.contains("read before") == true)
    workstation.type("k")
    _ = workstation.press(.enter)
    _ = workstation.update(.studyOpened(Fixture.open(Fixture.rows[0])))
    _ = workstation.press(.control("v"))
    #expect(workstation.place == .image)
    workstation.type("r")
    _ = workstation.press(.control("n"))
    #expect(
      workstation.place == .inserting && !workstation.screen().contains("region not reviewed"))
  }

  @Test("a broken template is named until it is mended")
  func flaws() {
    var workstation = Workstation.onWorklist()
    _ = workstation.press(.enter)
    let row = Fixture.rows[0]
    let flaw = "Report template templates/a.txt, line 3: It is wrong."
    _ = workstation.update(
      .studyOpened(
        OpenStudy(row: row, instances: [Fixture.instance(row)], templateFlaws: [flaw, "b"])))
    #expect(workstation.screen().contains("templates/a.txt, line 3"))
    #expect(workstation.notices.failures.last?.sentence.contains("1 more") == true)
    _ = workstation.press(.function(5))
    _ = workstation.update(.studyOpened(Fixture.open(row)))
    #expect(workstation.notices.failures.isEmpty)
  }

  @Test("words differ by glyph, not by colour alone")
  func wordChanges() {
    #expect(
      WordChange.between("No acute change\nseen", "No change\nseen now")
        == [
          .same("No"), .removed("acute"), .same("change"), .same("\n"), .same("seen"),
          .added("now"),
        ])
  }

  @Test("two versions stand side by side in one text")
  func versions() {
    var workstation = Workstation.onStudy()
    workstation.type("r")
    #expect(workstation.press(.control("e")) == [.loadVersions("1.2.2")])
    func version(_ number: Int, _ text: String) -> Report {
      Report(
        study: "1.2.2", version: number, state: number == 1 ? .final : .addendum,
        sections: [.init(key: "impression", title: "Impression", text: text)], author: "Dr Osei",
        changed: Fixture.now, signed: Fixture.now)
    }
    let answer = [version(1, "A small nodule."), version(2, "A large nodule.")]
    _ = workstation.update(.versions("1.2.9", answer))
    #expect(workstation.place == .report)
    _ = workstation.update(.versions("1.2.2", answer))
    #expect(workstation.place == .comparing)
    _ = workstation.press(.left)
    #expect(workstation.screen().contains("A [-small-] {+large+} nodule."))
  }

  @Test("who signs what another has signed is told, keeps the words, and can add them")
  func twoReaders() {
    var workstation = Workstation.onStudy()
    workstation.type("csr")
    workstation.type(" Mine.")
    _ = workstation.press(.control("s"))
    workstation.type("1-22")
    let asked = workstation.press(.enter)
    #expect(asked.contains { if case .sign = $0 { true } else { false } })
    let answer = workstation.update(.failed(.lookAgain("1.2.2"), "The study is signed."))
    guard case .setAside(let kept)? = answer.first else {
      Issue.record("the words are kept")
      return
    }
    #expect(workstation.screen().contains("The study is signed."))
    #expect(findings(workstation).hasSuffix("Mine."))
    _ = workstation.press(.function(5))
    let theirs = Report(
      study: "1.2.2", version: 1, state: .final,
      sections: [
        .init(key: "indication", title: "Indication"),
        .init(key: "findings", title: "Findings", text: "Theirs."),
      ], author: "Dr Patel", changed: Fixture.now, signed: Fixture.now)
    let row = Fixture.rows[0]
    _ = workstation.update(
      .studyOpened(
        OpenStudy(
          row: row, instances: [Fixture.instance(row)], report: theirs, setAside: kept)))
    #expect(findings(workstation) == "Theirs.")
    if workstation.place == .report { _ = workstation.press(.escape) }
    workstation.type("A")
    _ = workstation.press(.tab)
    _ = workstation.press(.control("n"))
    #expect(workstation.screen().contains("yours"))
    _ = workstation.press(.enter)
    #expect(findings(workstation).hasPrefix("Theirs. "))
    #expect(findings(workstation).hasSuffix("Mine."))
  }
}
