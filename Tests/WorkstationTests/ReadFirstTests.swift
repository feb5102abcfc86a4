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

@Suite("Reading first, in the list")
struct ReadFirstListTests {
  private func onWorklist(_ width: Int = 160, _ height: Int = 50) -> Workstation {
    var workstation = Workstation.onWorklist(Fixture.options(width: width, height: height))
    workstation.type("R")
    return workstation
  }

  @Test("it stands by priority and age, whatever the model made of the studies")
  func order() {
    var workstation = onWorklist()
    let shown = workstation.worklist.shown
    #expect(shown.map(\.id) == [2, 7, 5, 4, 3, 6, 8, 9].map { "1.2.\($0)" })
    #expect(workstation.worklistRequest.sort == .priority)
    let others = Fixture.rows.map { row in
      WorklistRow(
        study: row.study, patient: row.patient,
        triage: Triage(
          study: row.id, probability: 0.5, threshold: 0.1, findings: [], model: "other",
          made: Fixture.now),
        review: row.review, state: row.state, instances: 1, readable: 1)
    }
    _ = workstation.update(.worklist(others, asOf: Fixture.now))
    #expect(workstation.worklist.shown.map(\.id) == shown.map(\.id))
    workstation.type("R")
    #expect(workstation.worklist.order == .triage)
  }

  @Test("no order that the model has a part in can be had")
  func orders() {
    var workstation = onWorklist()
    workstation.type("s")
    #expect(workstation.worklist.order == .waiting)
    workstation.type("s")
    #expect(workstation.worklist.order == .patient)
    workstation.type("s")
    #expect(workstation.worklist.order == .priority)
    workstation.type(":sort probability")
    _ = workstation.press(.enter)
    #expect(workstation.worklist.order == .priority)
    #expect(workstation.notices.hint?.contains("tells the model's answer") == true)
  }

  @Test(
    "a filter that asks for the answer is refused, and what else it says holds",
    arguments: ["class:suspicious", "-class:normal", "class:again", "p>0.3", "regions>0"])
  func filters(text: String) {
    var workstation = onWorklist()
    workstation.type("/doe \(text)")
    #expect(workstation.worklist.shown.map(\.id) == ["1.2.2"])
    #expect(workstation.screen(160, 50).contains("tell the model's answer"))
    workstation.type(" class:suspicious")
    _ = workstation.press(.enter)
    workstation.type("R")
    #expect(workstation.worklist.complaint == nil)
  }

  @Test("a filter in force when it begins no longer tells what it shows")
  func inForce() {
    var workstation = Workstation.onWorklist()
    _ = workstation.filter("class:suspicious")
    #expect(workstation.worklist.shown.count == 2)
    workstation.type("R")
    #expect(workstation.worklist.shown.count == Fixture.rows.count)
    #expect(workstation.worklist.complaint == .tellsTheAnswer)
  }

  @Test("that a model could not judge is no answer that could be leaned on")
  func refusals() {
    var workstation = onWorklist()
    workstation.type("/class:refused")
    #expect(workstation.worklist.complaint == nil)
    #expect(workstation.worklist.shown.count == 2)
  }

  @Test("the views that ask for the answer say so and change nothing", arguments: ["3", "4", "5"])
  func views(key: String) {
    var workstation = onWorklist()
    workstation.type(key)
    #expect(workstation.worklist.shown.count == Fixture.rows.count)
    #expect(workstation.notices.hint?.contains("tells the model's answer") == true)
  }

  @Test("neither the counts nor the log tell it", arguments: ScreenTests.sizes)
  func counts(size: (Int, Int)) {
    var workstation = onWorklist(size.0, size.1)
    #expect(!workstation.screen(size.0, size.1).contains("suspicious"))
    let event = AuditEvent(
      number: 1, at: Fixture.now, actor: "triage", kind: .triaged, study: "1.2.2",
      detail: "suspicious, 2 regions, model 3f9a", previous: "", digest: "")
    for case .loadLog(let query) in workstation.type("gl") {
      _ = workstation.update(
        .log(
          LogPage(
            query, audit: [LogEntry(event)], agent: [], last: LogPlace(audit: 1, agent: 0))))
    }
    #expect(workstation.screen(size.0, size.1).contains("triaged"))
    #expect(!workstation.screen(size.0, size.1).contains("suspicious"))
  }

  @Test("what the site's reads say of a probability is hidden with it")
  func predictiveValue() {
    var scores = ScoreTally()
    let model = Fixture.rows[0].triage?.model ?? ""
    for (count, isSuspicious) in [(26, true), (14, false)] {
      scores.add(
        count, model: model, isSynthetic: false, hundredth: 95, isSuspicious: isSuspicious)
    }
    var page = WorklistPage(
      rows: Fixture.rows, tally: WorklistTally(Fixture.rows), asOf: Fixture.now)
    page.scores = scores
    var workstation = Workstation.onWorklist(Fixture.options(width: 160, height: 50))
    #expect(!workstation.screen(160, 50).contains("PPV"))
    _ = workstation.update(.worklist(page))
    #expect(workstation.screen(160, 50).contains(" 65% "))
    #expect(workstation.screen(160, 50).contains("65 % (50–78) of 40 reads"))
    workstation.type("R")
    // What is signed is no secret; the others tell nothing.
    let lines = workstation.screen(160, 50).split(separator: "\n").filter { $0.contains("65%") }
    #expect(lines.count == 1 && lines.allSatisfy { $0.contains("SATO") })
    _ = workstation.press(.enter)
    var open = Fixture.open(Fixture.rows[0])
    open.predictiveValue = scores.predictiveValue(of: Fixture.rows[0])
    _ = workstation.update(.studyOpened(open))
    #expect(!workstation.screen(160, 50).contains("65 %"))
    workstation.type("cs")
    #expect(workstation.screen(160, 50).contains("65 % (50–78) of 40 reads"))
  }
}
