import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("Taking back")
struct UndoTests {
  @Test("undoing everything gives the study as it was opened", arguments: 0..<20 as Range<UInt64>)
  func undoAll(seed: UInt64) {
    var random = SplitMix(seed: seed)
    var workstation = Workstation.onStudy()
    let start = workstation.study?.work
    let keys: [Key] =
      "amxnNsdbehjklHJKLccnsruq-o".map { .character($0) } + [
        .enter, .escape, .tab, .control("r"), .control("n"), .control("t"), .backspace,
        .control("u"),
      ]
    for _ in 0..<300 {
      let key = keys[Int(random.next() % UInt64(keys.count))]
      // What leaves the study ends the story.
      let isLeaving = key == .character("q") || key == .escape
      if isLeaving, workstation.place == .image || workstation.place == .findings { continue }
      _ = workstation.press(key)
      if !workstation.overlays.isEmpty { _ = workstation.press(.escape) }
    }
    let end = workstation.study?.work
    var steps = 0
    while workstation.study?.history.canUndo == true {
      _ = workstation.undo()
      steps += 1
    }
    let isBack = workstation.study?.work == start
    #expect(start != nil && isBack, "seed \(seed)")
    for _ in 0..<steps { _ = workstation.redo() }
    let isThere = workstation.study?.work == end
    #expect(isThere, "seed \(seed)")
  }

  @Test("words come back one at a time")
  func words() {
    var workstation = Workstation.onStudy()
    workstation.type("r")
    _ = workstation.press(.backTab)
    workstation.type(" one two")
    _ = workstation.press(.control("u"))
    let text = workstation.study?.work.report.sections[0].text
    #expect(text == "Cough, 3 weeks one ")
  }

  @Test("what was undone is saved like any other decision")
  func saved() {
    var workstation = Workstation.onStudy()
    workstation.type("a")
    guard case .saveReview(let review)? = workstation.type("u").first else {
      Issue.record("an undo changes what is stored")
      return
    }
    #expect(review.findings[0].state == .open)
  }
}
