import Foundation
import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("The mouse and the real cursor in lists")
struct MouseTests {
  /// Clicks on the first place where the screen shows some words.
  private func click(_ words: String, _ workstation: inout Workstation) throws -> [Effect] {
    let lines = workstation.screen(100, 30).split(separator: "\n", omittingEmptySubsequences: false)
    let y = try #require(lines.firstIndex { $0.contains(words) }, "\(words)")
    let x = try #require(lines[y].range(of: words)).lowerBound
    let column = cellWidth(of: String(lines[y][..<x]))
    return workstation.update(
      .input(.mouse(MouseEvent(kind: .press, button: .left, x: column, y: y))))
  }

  private func line(underCursorOf workstation: Workstation) throws -> String {
    let canvas = workstation.canvas()
    let cursor = try #require(canvas.cursor)
    let lines = canvas.text.split(separator: "\n", omittingEmptySubsequences: false)
    return String(lines[cursor.y])
  }

  @Test("a click goes to a study of the search, and another one reads its report")
  func finding() throws {
    var workstation = Workstation.onFinding()
    _ = try click("preliminary", &workstation)
    #expect(workstation.clinician.selected == 2)
    #expect(try line(underCursorOf: workstation).contains("preliminary"))
    _ = try click("DOE, JANE", &workstation)
    #expect(workstation.clinician.selected == 2, "a patient is no study")
    #expect(try click("preliminary", &workstation) == [.readReport(Fixture.rows[2].id)])
    var again = Workstation.onFinding()
    again.type("x")
    #expect(try line(underCursorOf: again).contains("Find"), "typing takes the cursor back")
  }

  @Test("a click goes to a failed study of the system screen, on any of its lines")
  func failed() throws {
    var workstation = Workstation.onWorklist()
    _ = workstation.update(.status(.busy))
    workstation.type("gs")
    _ = try click("4711-24", &workstation)
    #expect(workstation.selectedFailed?.label == "4711-24")
    #expect(try line(underCursorOf: workstation).contains("4711-24"))
    _ = try click("Its pixel data ends early.", &workstation)
    #expect(workstation.selectedFailed?.label == "4711-25")
  }

  @Test("a click picks a command in the palette and in the help, and another one runs it")
  func commands() throws {
    for opened in [":sort", "?order"] {
      var workstation = Workstation.onWorklist()
      workstation.type(opened)
      _ = workstation.press(.down)
      if try line(underCursorOf: workstation).contains("Sort by triage") {
        _ = workstation.press(.up)
      }
      let place = workstation.place
      let before = workstation.worklist.order
      _ = try click("Sort by triage", &workstation)
      #expect(workstation.place == place)
      #expect(try line(underCursorOf: workstation).contains("Sort by triage"))
      _ = try click("Sort by triage", &workstation)
      #expect(workstation.overlays.isEmpty)
      #expect(workstation.worklist.order != before)
    }
  }

  @Test("a click goes to an objection of the sign dialog and then to where it is mended")
  func signing() throws {
    var workstation = Workstation.onStudy()
    workstation.type("cs")
    workstation.type("S")
    let objection = "Region R1 not reviewed"
    #expect(workstation.place == .signing)
    _ = try click(objection, &workstation)
    #expect(try line(underCursorOf: workstation).contains(objection))
    workstation.type("x")
    #expect(try !line(underCursorOf: workstation).contains(objection), "typing goes to the field")
    _ = try click(objection, &workstation)
    _ = try click("[ x", &workstation)
    #expect(try line(underCursorOf: workstation).contains("[ x"))
    let again = try click("[ x", &workstation)
    #expect(again == [] && workstation.place == .signing, "a click never signs")
    _ = try click(objection, &workstation)
    _ = try click(objection, &workstation)
    #expect(workstation.place == .image)
    #expect(workstation.study?.currentFinding?.name == "R1")
  }

  @Test("a click goes to a study of the batch, and another one takes it out, or back in")
  func batch() throws {
    var workstation = Workstation(options: Fixture.options())
    _ = workstation.update(.worklist(BatchTests.ruledOut, asOf: Fixture.now))
    workstation.type("*S")
    _ = workstation.update(.batch(BatchTests.ruledOut.map { Fixture.open($0) }))
    workstation.type("2")
    let first = BatchTests.ruledOut[0].identity(isHidden: false)
    _ = try click(first, &workstation)
    #expect(try line(underCursorOf: workstation).contains(first))
    _ = try click(first, &workstation)
    #expect(workstation.screen().contains("left out") && workstation.screen().contains("1 of 2"))
    #expect(workstation.press(.enter) == [], "the count that was typed counts no more")
    workstation.type("1")
    guard case .batch(let dialog)? = workstation.overlays.last else {
      Issue.record("the dialog is open")
      return
    }
    #expect(dialog.eligible.map(\.row.id) == [BatchTests.ruledOut[1].id])
    _ = try click(first, &workstation)
    _ = try click(first, &workstation)
    #expect(!workstation.screen().contains("left out"))
  }

  @Test("a click on a column's title sorts by it, or says that there is no such order")
  func titles() throws {
    var workstation = Workstation.onWorklist(Fixture.options(width: 160, height: 50))
    func click(_ title: String) throws {
      let lines = workstation.screen(160, 50).split(
        separator: "\n", omittingEmptySubsequences: false)
      let y = try #require(lines.firstIndex { $0.contains("Accession") })
      let x = try #require(lines[y].range(of: title)).lowerBound
      _ = workstation.update(
        .input(
          .mouse(
            MouseEvent(
              kind: .press, button: .left, x: cellWidth(of: String(lines[y][..<x])), y: y))))
    }
    for (title, sort) in [
      ("Patient", WorklistSort.patient), ("Waiting", .waiting), ("Priority", .priority),
      ("p ", .probability), ("Class", .triage),
    ] {
      try click(title)
      #expect(workstation.worklist.order == sort, "\(title)")
    }
    let selected = workstation.worklist.selected
    try click("Exam")
    #expect(workstation.worklist.order == .triage)
    #expect(workstation.notices.hint?.contains("no order by exam") == true)
    #expect(workstation.worklist.selected == selected && workstation.study == nil)
    workstation.type("R")
    try click("p ")
    #expect(workstation.worklist.order == .priority, "an order would tell what is hidden")
  }

  @Test("a click in a box of keys is the key, and beside it nothing below it is meant")
  func keys() throws {
    var workstation = Workstation.onStudy()
    workstation.type("c")
    _ = workstation.update(
      .input(.mouse(MouseEvent(kind: .press, button: .left, x: 1, y: 1))))
    #expect(workstation.place == .calling)
    _ = try click("suspicious", &workstation)
    #expect(workstation.place == .calling, "the header is no key")
    let lines = workstation.screen(100, 30).split(
      separator: "\n", omittingEmptySubsequences: false)
    // The last line lists the keys too.
    let y = try #require(lines.dropLast().lastIndex { $0.contains("suspicious") })
    _ = workstation.update(.input(.mouse(MouseEvent(kind: .press, button: .left, x: 5, y: y))))
    #expect(workstation.study?.work.review.call == .suspicious)
  }

  @Test("a click chooses a reason for taking over, and the cursor is where the keys are")
  func takingOver() throws {
    var workstation = Workstation.onWorklist()
    _ = workstation.press(.enter)
    _ = workstation.update(
      .studyOpened(Fixture.open(Fixture.rows[0], lockedBy: "Dr Patel since 08:52")))
    workstation.type("T")
    let reason = TakeOverReason.allCases[1]
    _ = try click(reason.words, &workstation)
    #expect(try line(underCursorOf: workstation).contains(reason.words))
    workstation.type("because")
    #expect(try line(underCursorOf: workstation).contains("because"))
    guard case .takeOver(_, let sentence)? = workstation.press(.enter).first else {
      Issue.record("it was not taken over")
      return
    }
    #expect(sentence.hasPrefix(reason.words) && sentence.hasSuffix("because"))
  }

  @Test("the wheel stops at the ends of a list, where a key goes round")
  func ends() {
    for way in ["?", ":"] {
      var workstation = Workstation.onWorklist()
      workstation.type(way)
      func turn(_ wheel: MouseEvent.Kind) {
        _ = workstation.update(.input(.mouse(MouseEvent(kind: wheel, button: .none, x: 5, y: 5))))
      }
      func selected() -> Int? {
        switch workstation.overlays.last {
        case .help(let help)?: help.list.selected
        case .palette(let palette)?: palette.list.selected
        default: nil
        }
      }
      turn(.wheelUp)
      #expect(selected() == 0)
      _ = workstation.press(.up)
      #expect(selected() ?? 0 > 0, "the last is above the first")
      let last = selected()
      turn(.wheelDown)
      #expect(selected() == last)
    }
  }

  @Test("a click on a way out of the question about leaving is its key, and the words are none")
  func leaving() throws {
    func asked() -> Workstation {
      var workstation = Workstation.onStudy()
      workstation.type("r Words.")
      _ = workstation.press(.escape)
      workstation.type("q")
      _ = workstation.update(.failed(.saveDraft(Fixture.rows[0].id), "The disk is full."))
      workstation.type("q")
      return workstation
    }
    var workstation = asked()
    #expect(workstation.place == .quitting)
    #expect(try click("Not saved: what you wrote", &workstation) == [])
    #expect(workstation.place == .quitting)
    _ = try click("n stay", &workstation)
    #expect(workstation.place == .worklist)
    workstation = asked()
    #expect(try click("leave without it", &workstation).contains(.quit))
  }
}
