import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("Reading first")
struct ReadFirstTests {
  /// With the first study open, which the model called suspicious in two regions.
  private func opened(_ width: Int = 160, _ height: Int = 50) -> Workstation {
    var workstation = Workstation.onWorklist(Fixture.options(width: width, height: height))
    workstation.type("R")
    _ = workstation.press(.enter)
    _ = workstation.update(.studyOpened(Fixture.open(Fixture.rows[0])))
    _ = workstation.update(.imageLoaded("1.2.2.1", Fixture.image))
    return workstation
  }

  /// Words that would tell what the model thinks of the study.
  private static let telling = ["suspicious 0.93", "● susp", "0.93", "93%", "0.57", "R1", "R2"]

  @Test(
    "nothing on any screen tells the model's answer before the call", arguments: ScreenTests.sizes)
  func hidden(size: (Int, Int)) {
    for keys in ["", "\t", "\t\t", "n", "r", "rZ", "Z", "nN", "G", "S", "o", "?", ":", "P", "xa"] {
      var workstation = opened(size.0, size.1)
      for character in keys {
        _ = workstation.press(character == "\t" ? .tab : .character(character))
      }
      let text = workstation.screen(size.0, size.1)
      for word in Self.telling { #expect(!text.contains(word), "\(word) after \(keys)") }
      #expect(workstation.canvas(size.0, size.1).pictures.isEmpty)
    }
  }

  @Test("the list shows neither class nor probability of a study that is not called")
  func list() {
    var workstation = Workstation.onWorklist(Fixture.options(width: 160, height: 50))
    #expect(workstation.screen(160, 50).contains("● suspicious"))
    workstation.type("R")
    let text = workstation.screen(160, 50)
    #expect(!text.contains("● suspicious"))
    #expect(!text.contains("0.93"))
    #expect(text.contains("▒ hidden"))
    // That a model could not judge is no answer, and what is signed is no secret.
    #expect(text.contains("✖ failed"))
    #expect(text.contains("✓ normal"))
  }

  @Test("the call shows the answer, and the review keeps what was called before")
  func call() throws {
    var workstation = opened()
    let effects = workstation.type("cn")
    guard case .saveReview(let review)? = effects.first else {
      Issue.record("a call is saved at once")
      return
    }
    #expect(review.call == .normal)
    #expect(review.firstCall == .normal)
    #expect(review.findings.count == 2)
    #expect(workstation.screen(160, 50).contains("suspicious 0.93"))
    #expect(workstation.study?.work.report.text(of: "findings").contains("R1") == true)
    workstation.type("cs")
    #expect(workstation.study?.work.review.call == .suspicious)
    #expect(workstation.study?.work.review.firstCall == .normal)
    #expect(workstation.screen(160, 50).contains("normal before the answer"))
  }

  @Test("taking back does not unsee: the first call stays on record and the answer stays shown")
  func undo() {
    var workstation = opened()
    workstation.type("cnu")
    #expect(workstation.study?.work.review.call == nil)
    #expect(workstation.study?.work.review.firstCall == .normal)
    #expect(workstation.study?.hidesAnswer == false)
    #expect(workstation.study?.work.report.text(of: "findings").contains("R1") == true)
  }

  @Test("a study whose answer was shown first is never recorded as read first")
  func shownFirst() {
    var workstation = Workstation.onStudy()
    workstation.type("R")
    #expect(workstation.notices.hint?.contains("this answer was seen") == true)
    workstation.type("cn")
    #expect(workstation.study?.work.review.firstCall == nil)
    workstation = opened()
    workstation.type("Rcn")
    #expect(workstation.study?.work.review.firstCall == nil)
    #expect(workstation.study?.work.review.call == .normal)
  }

  @Test("a call that is withdrawn before it was made shows nothing")
  func withdrawn() {
    var workstation = opened()
    workstation.type("c-")
    #expect(workstation.study?.hidesAnswer == true)
    #expect(workstation.study?.work.review.firstCall == nil)
  }

  @Test("a study that was called is open with its answer the next time")
  func reopened() throws {
    var workstation = opened()
    workstation.type("cn")
    let review = try #require(workstation.study?.work.review)
    workstation = opened()
    workstation.type("q")
    _ = workstation.press(.enter)
    _ = workstation.update(.studyOpened(Fixture.open(Fixture.rows[0], review: review)))
    #expect(workstation.study?.hidesAnswer == false)
  }

  @Test("a region drawn unseen has a name that does not count the model's")
  func ownRegion() {
    var workstation = opened()
    workstation.type("b")
    _ = workstation.press(.enter)
    workstation.type("LJ")
    _ = workstation.press(.enter)
    #expect(workstation.study?.findings.map(\.name) == ["R11"])
    workstation.type("cs")
    #expect(workstation.study?.findings.map(\.name) == ["R1", "R2", "R11"])
  }

  @Test("it is remembered until the next start")
  func remembered() {
    let workstation = opened()
    #expect(workstation.screenState.readsFirst)
    let again = Workstation(options: Fixture.options(restored: workstation.screenState))
    #expect(again.readsFirst)
  }
}
