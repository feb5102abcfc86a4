import Foundation
import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("A reading day")
struct WalkTests {
  @Test("from the worklist over a decision to a signature and the next study")
  func walk() throws {
    var workstation = Workstation.onWorklist()
    let answer = workstation.press(.enter)
    #expect(answer.contains(.openStudy("1.2.2")))
    let effects = workstation.update(.studyOpened(Fixture.open(Fixture.rows[0])))
    #expect(effects.contains(.loadImage(Fixture.instance(Fixture.rows[0]))))
    _ = workstation.update(.imageLoaded("1.2.2.1", Fixture.image))
    workstation.type("n")
    #expect(workstation.study?.currentFinding?.name == "R1")
    let marked = workstation.type("a")
    guard case .saveReview(let review)? = marked.first else {
      Issue.record("agreeing is saved at once")
      return
    }
    #expect(review.findings[0].state == .agreed)
    #expect(review.reader == "Dr Osei")
    workstation.type("n")
    #expect(workstation.study?.currentFinding?.name == "R2")
    workstation.type("xs")
    #expect(workstation.study?.currentFinding?.note == "shadow or overlap")
    workstation.type("cs")
    workstation.type("S")
    #expect(workstation.place == .signing)
    workstation.type("1-22")
    let signing = workstation.press(.enter)
    guard case .sign(var report, let signed, _)? = signing.first else {
      Issue.record("the right characters sign")
      return
    }
    #expect(signed.call == .suspicious)
    #expect(report.text(of: "findings").contains("R1"))
    #expect(!report.text(of: "findings").contains("R2"))
    #expect(report.acknowledged.isEmpty)
    report.signed = Fixture.now
    let next = workstation.update(.signed(report))
    #expect(next.contains(.openStudy("1.2.3")))
    #expect(workstation.notices.hint?.contains("Signed 4711-22") == true)
  }

  @Test("the guard asks about an open region once, and the signature records it once")
  func asksOnce() {
    var workstation = Workstation.onStudy()
    workstation.type("acsS")
    #expect(workstation.screen().contains("▲ Region R2 was never looked at"))
    workstation.type("1-22")
    let effects = workstation.press(.enter)
    guard case .sign(let report, _, _)? = effects.first else {
      Issue.record("a question does not block")
      return
    }
    #expect(report.acknowledged == ["Region R2 was never looked at"])
    #expect(workstation.overlays.isEmpty)
    // Pressed again while the store is at work, nothing is signed twice.
    let answer = workstation.type("S")
    #expect(!answer.contains { if case .sign = $0 { true } else { false } })
    #expect(workstation.place == .image)
  }

  @Test("wrong characters, Enter alone and a reflex never sign")
  func wrongToken() {
    var workstation = Workstation.onStudy()
    workstation.type("aaacsS")
    for text in ["", "1-2", "9999", "yes"] {
      workstation.type(text)
      let answer = workstation.press(.enter)
      #expect(answer == [])
      _ = workstation.press(.control("u"))
    }
    #expect(workstation.study?.isSigning == false)
  }

  @Test("a missing call blocks, and Enter goes where it is made")
  func blocked() {
    var workstation = Workstation.onStudy()
    workstation.type("S")
    #expect(workstation.screen().contains("✖ The study is called neither"))
    _ = workstation.press(.enter)
    #expect(workstation.place == .calling)
  }

  @Test(
    "the four characters come from the accession, else the patient's ID, else the UID",
    arguments: [
      ("4711-22", "00231", "1-22"), ("", "00231", "0231"), ("", "", "42.7"),
      ("山田", "00231", "0231"),
    ])
  func token(accession: String, identifier: String, expected: String) {
    let patient = Patient(identifier: identifier, name: "A", fallback: "u")
    let study = Study(
      uid: "1.42.7", patient: patient.id, accession: accession, arrived: Fixture.now)
    let row = WorklistRow(
      study: study, patient: patient, triage: nil, review: nil, state: .unread, instances: 0,
      readable: 0)
    #expect(SignDialog.Token(row).text == expected)
  }

  @Test("a signature that failed leaves everything and says that nothing was signed")
  func signFails() {
    var workstation = Workstation.onStudy()
    workstation.type("acsS1-22")
    _ = workstation.press(.enter)
    let work = workstation.study?.work
    _ = workstation.update(.failed(.sign("1.2.2"), "The store is full."))
    #expect(workstation.study?.work == work)
    #expect(workstation.study?.isSigning == false)
    #expect(workstation.screen().contains("✖ Not signed. The store is full."))
    // It does not go away by itself.
    workstation.type("nn")
    _ = workstation.update(.tick(Fixture.now + 3600))
    #expect(workstation.screen().contains("The store is full."))
    _ = workstation.update(.failed(.sign("1.2.2"), "The store is full."))
    #expect(workstation.screen().contains("(2×)"))
    _ = workstation.press(.function(6))
    #expect(!workstation.screen().contains("The store is full."))
  }

  @Test("a draft is saved after a third of a second without typing, and at once on leaving")
  func drafts() {
    var workstation = Workstation.onStudy()
    workstation.type("r")
    workstation.type("x")
    func isDraft(_ effect: Effect) -> Bool { if case .saveDraft = effect { true } else { false } }
    let answer = workstation.update(.tick(Fixture.now + 0.2))
    #expect(!answer.contains(where: isDraft))
    #expect(workstation.nextTick == Fixture.now + StudyScreen.pause)
    let answer2 = workstation.update(.tick(Fixture.now + 0.4))
    #expect(answer2.contains(where: isDraft))
    let answer3 = workstation.update(.tick(Fixture.now + 9))
    #expect(!answer3.contains(where: isDraft))
    workstation.type("y")
    let answer4 = workstation.press(.escape)
    #expect(answer4.contains(where: isDraft))
    workstation.type("r")
    workstation.type("z")
    let last = workstation.update(.input(.hangup))
    #expect(last.contains(where: isDraft))
    #expect(last.last == .quit)
  }

  @Test("pasted text is text, never keys")
  func paste() {
    var workstation = Workstation.onStudy()
    let work = workstation.study?.work
    let answer = workstation.update(.input(.paste("aS1-22\rq")))
    #expect(answer == [])
    #expect(workstation.study?.work == work)
    workstation.type("r")
    _ = workstation.press(.backTab)
    _ = workstation.update(.input(.paste("q\u{1b}[31m\nline")))
    #expect(workstation.study?.work.report.sections[0].text == "Cough, 3 weeksq[31m\nline")
  }

  @Test("a reader's region is drawn with the arrows and has its own name")
  func newRegion() throws {
    var workstation = Workstation.onStudy()
    workstation.type("b")
    workstation.type("HK")
    _ = workstation.press(.enter)
    workstation.type("LLLJ")
    _ = workstation.press(.enter)
    let finding = try #require(workstation.study?.findings.last)
    #expect(finding.name == "R3")
    #expect(finding.origin == .reader)
    #expect(finding.state == .agreed)
    #expect(workstation.study?.work.report.text(of: "findings").contains("R3: abnormal") == true)
  }

  @Test("a region that is moved keeps its identity and is agreed with; Escape leaves it")
  func moveRegion() throws {
    var workstation = Workstation.onStudy()
    let before = try #require(workstation.study?.findings[0])
    workstation.type("elll")
    _ = workstation.press(.escape)
    #expect(workstation.study?.findings[0] == before)
    workstation.type("elL")
    _ = workstation.press(.enter)
    let after = try #require(workstation.study?.findings[0])
    #expect(after.id == before.id)
    #expect(after.region.x0 > before.region.x0)
    #expect(after.region.width > before.region.width)
    #expect(after.state == .agreed)
  }

  @Test("a study that somebody else reads is read-only and says so")
  func locked() {
    var workstation = Workstation.onWorklist()
    _ = workstation.press(.enter)
    _ = workstation.update(
      .studyOpened(Fixture.open(Fixture.rows[0], lockedBy: "Dr Patel since 08:52")))
    #expect(workstation.screen().contains("▲ open by Dr Patel since 08:52,"))
    #expect(workstation.screen().contains("read-only"))
    workstation.type("a")
    #expect(workstation.notices.hint?.contains("Dr Patel") == true)
    #expect(workstation.study?.findings[0].state == .open)
  }

  @Test("a study that is left is given back")
  func givesBack() {
    var workstation = Workstation.onStudy()
    #expect(workstation.type("q").contains(.closeStudy("1.2.2")))
  }

  @Test("what somebody else decided meanwhile ends this session's part, until it looks again")
  func overtaken() {
    var workstation = Workstation.onStudy()
    workstation.type("a")
    _ = workstation.update(.failed(.lookAgain("1.2.2"), "Dr Patel changed the review."))
    #expect(workstation.screen().contains("Dr Patel changed the review."))
    let work = workstation.study?.work
    workstation.type("xs")
    #expect(workstation.study?.work == work)
    #expect(workstation.press(.function(5)).contains(.openStudy("1.2.2")))
    _ = workstation.update(.studyOpened(Fixture.open(Fixture.rows[0])))
    #expect(workstation.notices.line == nil)
    workstation.type("a")
    #expect(workstation.study?.findings[0].state == .agreed)
  }

  @Test("a draft that was saved before somebody decided anew follows their decisions")
  func staleDraft() throws {
    var workstation = Workstation.onStudy()
    workstation.type("acs")
    let draft = try #require(workstation.study?.work.report)
    #expect(draft.text(of: "impression") == "Suspicious for abnormality.")
    var review = try #require(workstation.study?.work.review)
    review.call = .normal
    for name in ["R1", "R2"] { _ = review.mark(name, .rejected, at: Fixture.now) }
    workstation = .onWorklist()
    _ = workstation.press(.enter)
    _ = workstation.update(
      .studyOpened(Fixture.open(Fixture.rows[0], review: review, report: draft)))
    let report = workstation.study?.work.report
    #expect(report?.text(of: "impression") == "No acute abnormality.")
    #expect(report?.text(of: "findings") == "The lungs are clear.")
  }

  @Test("an answer for a study that is not wanted any more is ignored")
  func late() {
    var workstation = Workstation.onWorklist()
    _ = workstation.press(.enter)
    _ = workstation.press(.escape)
    let answer = workstation.update(.studyOpened(Fixture.open(Fixture.rows[0])))
    #expect(answer == [])
    #expect(workstation.study == nil)
  }

  @Test("the first start of a new day is where the last one ended")
  func restored() throws {
    var workstation = Workstation.onStudy()
    workstation.type("n++i5")
    let state = workstation.screenState
    let data = try JSONEncoder().encode(state)
    let read = try JSONDecoder().decode(ScreenState.self, from: data)
    #expect(read == state)
    var again = Workstation(options: Fixture.options(restored: read))
    let answer = again.update(.worklist(Fixture.rows, asOf: Fixture.now))
    #expect(answer.contains(.openStudy("1.2.2")))
    _ = again.update(.studyOpened(Fixture.open(Fixture.rows[0])))
    _ = again.update(.imageLoaded("1.2.2.1", Fixture.image))
    #expect(again.screenState == state)
  }

  @Test("a memory from another version is read as far as it goes")
  func oldMemory() throws {
    let text = #"{"screen":"holodeck","filter":"p>0.3","sort":7,"later":true}"#
    let state = try JSONDecoder().decode(ScreenState.self, from: Data(text.utf8))
    #expect(state.screen == .worklist)
    #expect(state.filter == "p>0.3")
    #expect(state.sort == .triage)
  }

  @Test("q asks before it leaves only while a task runs")
  func leaving() {
    var workstation = Workstation.onWorklist()
    _ = workstation.update(.progress(TaskBadge(name: "sync", fraction: 0.5)))
    let answer = workstation.type("q")
    #expect(!answer.contains(.quit))
    #expect(workstation.place == .quitting)
    workstation.type("n")
    _ = workstation.update(.taskEnded(name: "sync", sentence: "Synced."))
    let answer2 = workstation.type("q")
    #expect(answer2.last == .quit)
  }

  @Test("a signed report is followed by an addendum only")
  func addendum() {
    var signed = Fixture.open(Fixture.rows[0]).draft(
      Review(
        study: "1.2.2", reader: "A", call: .normal, findings: [], model: nil, started: Fixture.now),
      template: Fixture.template, author: "A", at: Fixture.now)
    signed.signed = Fixture.now
    signed.state = .final
    signed.version = 1
    var workstation = Workstation.onWorklist()
    _ = workstation.press(.enter)
    _ = workstation.update(.studyOpened(Fixture.open(Fixture.rows[0], report: signed)))
    workstation.type("a")
    #expect(workstation.study?.findings[0].state == .open)
    workstation.type("A")
    #expect(workstation.place == .report)
    #expect(workstation.study?.work.report.state == .addendum)
    #expect(workstation.study?.work.report.signed == nil)
  }
}

@Suite("Close to a region")
struct RegionZoomTests {
  @Test("⏎ goes as close to the region as the pane allows, and back")
  func closer() throws {
    var workstation = Workstation.onStudy()
    workstation.type("n")
    let among = try #require(workstation.study?.viewports["1.2.2.1"])
    _ = workstation.press(.enter)
    let close = try #require(workstation.study?.viewports["1.2.2.1"])
    #expect((close.zoom ?? 0) > (among.zoom ?? 0))
    _ = workstation.press(.enter)
    #expect(workstation.study?.viewports["1.2.2.1"] == among)
  }
}
