import Foundation
import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("A study that two readers want")
struct ClaimTests {
  private let owner = "Dr Patel since 08:52"

  private func locked(_ options: Options = Fixture.options()) -> Workstation {
    var workstation = Workstation.onWorklist(options)
    _ = workstation.press(.enter)
    _ = workstation.update(.studyOpened(Fixture.open(Fixture.rows[0], lockedBy: owner)))
    return workstation
  }

  @Test(
    "it opens read-only and says who has it and since when",
    arguments: [(60, 16), (80, 24), (100, 30), (160, 50)])
  func readOnly(size: (Int, Int)) {
    var workstation = locked(Fixture.options(width: size.0, height: size.1))
    #expect(workstation.screen(size.0, size.1).contains("Dr Patel since 08:52"))
    for text in ["a", "cn", "S"] { #expect(workstation.type(text) == []) }
    #expect(workstation.notices.hint?.contains("it is open by Dr Patel since 08:52") == true)
  }

  @Test("T takes it over with a reason from the list, and it is opened anew")
  func takeOver() {
    var workstation = locked()
    workstation.type("T")
    #expect(workstation.place == .takingOver)
    #expect(workstation.screen().contains("Open by Dr Patel since 08:52."))
    _ = workstation.press(.down)
    let effects = workstation.press(.enter)
    #expect(effects.contains(.takeOver("1.2.2", reason: "the reader is away")))
    #expect(workstation.opening?.id == "1.2.2")
    _ = workstation.update(.studyOpened(Fixture.open(Fixture.rows[0])))
    #expect(workstation.writingObstacle == nil)
  }

  @Test("another reason needs words, and words may follow any reason")
  func words() {
    var workstation = locked()
    workstation.type("T")
    _ = workstation.press(.up)
    #expect(workstation.press(.enter) == [])
    #expect(workstation.notices.hint == "Say why, in a few words")
    workstation.type("fire\u{1b}")
    _ = workstation.press(.down)
    let effects = workstation.press(.enter)
    #expect(effects.contains(.takeOver("1.2.2", reason: "handed over by agreement: fire")))
  }

  @Test("Esc leaves it to whoever has it; where nobody has it there is nothing to take")
  func leaves() {
    var workstation = locked()
    workstation.type("T")
    #expect(workstation.press(.escape) == [] && workstation.study != nil)
    var own = Workstation.onStudy()
    #expect(own.type("T") == [] && own.place == .image)
    #expect(own.notices.hint?.contains("nobody else has the study open") == true)
    var reader = locked(Fixture.options(isReadOnly: true))
    reader.type("T")
    #expect(reader.place == .image)
  }

  @Test("the reader it is taken from is told at once, keeps the words and can save no more")
  func taken() {
    var workstation = Workstation.onStudy()
    workstation.type("nacsrMy words")
    let later = Fixture.now.addingTimeInterval(60)
    let report = workstation.study?.work.report
    let effects = workstation.update(
      .takenOver("1.2.2", "Taken over by Dr Patel: the patient cannot wait."))
    #expect(effects == [.setAside(report!)])
    let screen = workstation.screen(160, 30)
    #expect(screen.contains("Taken over by Dr Patel: the patient cannot wait. Your words are kept"))
    #expect(screen.contains("My words"))
    workstation.type("more")
    _ = workstation.press(.escape)
    for text in ["a", "cn", "S", "x"] { #expect(workstation.type(text) == []) }
    #expect(workstation.study?.work.report == report)
    #expect(workstation.update(.tick(later)).allSatisfy { !$0.savesDecisions })
    #expect(workstation.type("q").allSatisfy { !$0.savesDecisions })
    #expect(workstation.study == nil)
  }

  @Test("a signature that is being typed ends with the claim, and a second word of it is no news")
  func whileSigning() {
    var workstation = Workstation.onStudy()
    workstation.type("nanacsS")
    #expect(workstation.place == .signing)
    let effects = workstation.update(.takenOver("1.2.2", "Taken over by Dr Patel."))
    #expect(workstation.place == .image)
    // The draft was saved for the signature, and no answer has come yet.
    #expect(effects == [.setAside(workstation.study!.work.report)])
    workstation.type("1-22")
    #expect(workstation.press(.enter) == [])
    #expect(workstation.update(.takenOver("1.2.2", "Taken over by Dr Patel.")) == [])
  }

  @Test("a save that is refused for the claim does not hide who has the study, and why")
  func refusedAfterwards() {
    var workstation = Workstation.onStudy()
    workstation.type("nacsrMy words")
    _ = workstation.update(.takenOver("1.2.2", "Taken over by Dr Patel: she is here."))
    let told = workstation.notices.line
    #expect(workstation.update(.failed(.lookAgain("1.2.2"), "The study is open.")) == [])
    #expect(workstation.notices.line == told && told?.contains("she is here") == true)
  }

  @Test("words whose saving was on its way when the study was taken are kept as well")
  func takenWhileSaving() {
    var workstation = Workstation.onStudy()
    workstation.type("nacsrMy words")
    let report = workstation.study?.work.report
    #expect(workstation.update(.tick(Fixture.now + 60)).contains(.saveDraft(report!)))
    #expect(workstation.update(.takenOver("1.2.2", "Taken over.")) == [.setAside(report!)])
    #expect(workstation.update(.failed(.lookAgain("1.2.2"), "The study is open.")) == [])
  }

  @Test("that another study was taken means nothing to the one that is open")
  func anotherStudy() {
    var workstation = Workstation.onStudy()
    #expect(workstation.update(.takenOver("1.2.3", "Taken over by Dr Patel.")) == [])
    #expect(workstation.writingObstacle == nil && workstation.notices.failures.isEmpty)
  }

  @Test("kept words are offered at the next opening and put back in one step that undo takes back")
  func putBack() {
    var before = Workstation.onStudy()
    before.type("ncsrMy own words. ")
    let kept = before.study?.work.report
    let row = Fixture.rows[0]
    var workstation = Workstation.onWorklist()
    _ = workstation.press(.enter)
    _ = workstation.update(
      .studyOpened(OpenStudy(row: row, instances: [Fixture.instance(row)], setAside: kept)))
    #expect(workstation.screen().contains(":put-back-words"))
    let fresh = workstation.study?.work.report
    workstation.type(":put-back-words")
    _ = workstation.press(.enter)
    #expect(workstation.study?.work.report.sections.map(\.text) == kept?.sections.map(\.text))
    _ = workstation.press(.control("u"))
    #expect(workstation.study?.work.report == fresh)
  }
}

extension Effect {
  fileprivate var savesDecisions: Bool {
    switch self {
    case .saveReview, .saveDraft, .sign: true
    default: false
    }
  }
}
