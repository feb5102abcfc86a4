import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("Regions that were looked at")
struct SeenTests {
  private func questions(_ workstation: Workstation) -> [String] {
    guard case .signing(let dialog)? = workstation.overlays.last else { return [] }
    return dialog.check.questions.map(\.text)
  }

  @Test("who signs normal is asked about a region that was never on screen, in its own words")
  func unseen() {
    var workstation = Workstation.onStudy()
    workstation.type("cnS")
    #expect(questions(workstation).contains("Region R1 not reviewed"))
    #expect(questions(workstation).contains("Region R2 was never looked at"))
    _ = workstation.press(.escape)
    workstation.type("nnS")
    #expect(questions(workstation).contains("Region R2 not reviewed"))
  }

  @Test("the signature says which regions were not looked at")
  func signature() throws {
    var workstation = Workstation.onStudy()
    workstation.type("cnS1-22")
    guard case .sign(let report, _, let unseen)? = workstation.press(.enter).first else {
      Issue.record("nothing was signed")
      return
    }
    #expect(unseen == ["9.2.1"])
    #expect(report.acknowledged.contains("Region R2 was never looked at"))
  }

  @Test("a region on a picture that is not there, or whose boxes are hidden, is not looked at")
  func hidden() {
    var loading = Workstation.onWorklist()
    _ = loading.press(.enter)
    _ = loading.update(.studyOpened(Fixture.open(Fixture.rows[0])))
    #expect(loading.study?.unseen == ["9.2.0", "9.2.1"])
    _ = loading.update(.imageFailed("1.2.2.1", reason: "The pixel data ends early."))
    loading.type("nn")
    #expect(loading.study?.unseen == ["9.2.0", "9.2.1"])
    var boxless = Workstation.onStudy()
    boxless.type("oonn")
    #expect(boxless.study?.unseen == ["9.2.1"])
    // With its boxes back, the current one is looked at.
    boxless.type("o")
    #expect(boxless.study?.unseen == [])
  }

  @Test("normal against a suspicious model asks from the department's weight on")
  func weight() {
    for (weight, asks) in [(0.9, true), (0.95, false)] {
      var options = Fixture.options()
      options.rules = ReadingRules(askAbove: weight)
      var workstation = Workstation.onStudy(options)
      workstation.type("cnS")
      #expect(questions(workstation).contains { $0.contains("The model calls") } == asks)
    }
  }
}
