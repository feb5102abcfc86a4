import Foundation
import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("A second look on screen")
struct SecondLookScreenTests {
  /// What Dr Patel signed: normal, with the model's region rejected.
  private var firstReview: Review {
    var review = Review(of: Fixture.rows[0].triage!, by: "Dr Patel", at: Fixture.now)
    _ = review.mark("R1", .rejected, note: "old or known", at: Fixture.now)
    review.call = .normal
    return review
  }

  private var signedReport: Report {
    Report(
      study: "1.2.2", version: 1, state: .final,
      sections: [
        Report.Section(
          key: "impression", title: "Impression", text: "No acute abnormality.", isRequired: true)
      ], author: "Dr Patel", changed: Fixture.now, signed: Fixture.now)
  }

  private func look(_ state: SecondLook.State = .waiting) -> SecondLook {
    var look = SecondLook(
      study: "1.2.2", version: 1, reason: .discordance, weight: 0.93, firstReader: "Dr Patel",
      firstCall: .normal, queued: Fixture.now)
    if state != .waiting {
      look.take(
        SecondLook.Reading(
          reader: "Dr Kim", call: .suspicious, score: .usualGrave, isBlind: true, at: Fixture.now),
        under: ReadingRules())
    }
    if state == .closed {
      look.take(SecondLook.Decision(reader: "Dr Lund", call: .suspicious, at: Fixture.now))
    }
    return look
  }

  /// The signed study, opened by Dr Osei.
  private func opened(
    _ state: SecondLook.State = .waiting, isNext: Bool = true, width: Int = 160, height: Int = 50
  ) -> Workstation {
    var row = Fixture.row(
      2, name: "DOE^JANE", probability: 0.93, regions: [0.93, 0.57], state: .final,
      review: firstReview)
    row.secondLook = state
    var workstation = Workstation(options: Fixture.options(width: width, height: height))
    _ = workstation.update(.worklist([row], asOf: Fixture.now))
    _ = workstation.press(.enter)
    var open = Fixture.open(row, review: firstReview, report: signedReport)
    open.secondLook = look(state)
    open.isNextReader = isNext
    _ = workstation.update(.studyOpened(open))
    _ = workstation.update(.imageLoaded("1.2.2.1", Fixture.image))
    return workstation
  }

  private func tells(_ screen: String) -> Bool {
    ["normal against", "No acute", "rejected", "old or known", "Dr Patel", "✓ normal"]
      .contains { screen.contains($0) }
  }

  @Test(
    "it is read blind: no screen of it tells what the first reader made of the study",
    arguments: [(60, 16), (80, 24), (100, 30), (160, 50)])
  func blind(size: (Int, Int)) {
    var workstation = opened(width: size.0, height: size.1)
    for keys in ["", "\t", "\t", "c"] {
      for key in keys { _ = workstation.press(key == "\t" ? .tab : .character(key)) }
      if keys == "c" { _ = workstation.press(.escape) }
      #expect(!tells(workstation.screen(size.0, size.1)), "\(workstation.screen(size.0, size.1))")
    }
    _ = workstation.press(.escape)
    workstation.type("q")
    #expect(!tells(workstation.screen(size.0, size.1)), "\(workstation.screen(size.0, size.1))")
  }

  @Test("nothing can be decided, written or signed in it, and nothing is saved")
  func protects() {
    var workstation = opened()
    let work = workstation.study?.work
    for text in ["a", "x", "m", "A", "S", "b", "e", "u"] { #expect(workstation.type(text) == []) }
    #expect(workstation.study?.work == work && workstation.place == .image)
    workstation.type("r")
    workstation.type("words")
    #expect(workstation.study?.work == work)
    let later = Fixture.now.addingTimeInterval(9)
    #expect(workstation.update(.tick(later)).allSatisfy { $0.isHarmless })
    _ = workstation.press(.escape)
    #expect(workstation.type("q").allSatisfy { $0.isHarmless })
  }

  @Test("the own call comes first and stands; then the first is shown and scored")
  func scores() {
    var workstation = opened()
    workstation.type("c")
    #expect(workstation.place == .scoring)
    #expect(workstation.press(.enter) == [])
    #expect(workstation.notices.hint?.contains("n or s calls the study first") == true)
    workstation.type("s")
    let screen = workstation.screen(160, 50)
    #expect(screen.contains("Your call: suspicious · first reader: normal"))
    #expect(screen.contains("▸ 2a not ordinarily expected · unlikely significant"))
    #expect(!screen.contains("Concur"))
    workstation.type("n")
    #expect(workstation.notices.hint?.contains("your call stands") == true)
    workstation.type("3b")
    let effects = workstation.press(.enter)
    #expect(
      effects == [
        .saveReading(
          SecondLook.Reading(
            reader: "Dr Osei", call: .suspicious, score: .usualGrave, isBlind: true,
            at: Fixture.now), of: "1.2.2")
      ])
    #expect(workstation.type("c") == [] && workstation.place == .image)
    let after = workstation.update(.secondLook(look(.arbitration)))
    #expect(after.contains(.closeStudy("1.2.2")) && workstation.study == nil)
    #expect(workstation.notices.hint == "✓ Recorded. It goes to a third reader.")
  }

  @Test(
    "the dialog says whom it is about and what each score means, at any size",
    arguments: [(60, 16), (80, 24), (100, 30), (160, 50)])
  func dialog(size: (Int, Int)) {
    var workstation = opened(width: size.0, height: size.1)
    workstation.type("cs")
    for score in Radpeer.allCases.dropFirst() {
      let screen = workstation.screen(size.0, size.1)
      #expect(screen.contains("▸ \(score.rawValue) \(score.brief)"), "\(screen)")
      _ = workstation.press(.down)
    }
  }

  @Test("who concurs may say so with 1, and Esc keeps the call that was made")
  func concurs() {
    var workstation = opened()
    workstation.type("cn")
    _ = workstation.press(.escape)
    #expect(workstation.screen(160, 50).contains("No acute abnormality."))
    workstation.type("c")
    guard case .saveReading(let reading, _)? = workstation.press(.enter).first else {
      Issue.record("nothing was recorded")
      return
    }
    #expect(reading.score == .concur && reading.isBlind)
  }

  @Test("V shows the first reading, and the record says that the second was not blind")
  func shown() {
    var workstation = opened()
    workstation.type("V")
    #expect(workstation.screen(160, 50).contains("No acute abnormality."))
    workstation.type("cs")
    guard case .saveReading(let reading, _)? = workstation.press(.enter).first else {
      Issue.record("nothing was recorded")
      return
    }
    #expect(!reading.isBlind)
  }

  @Test("a third reader sees both calls and decides")
  func arbitration() {
    var workstation = opened(.arbitration)
    #expect(workstation.screen(160, 50).contains("Arbitration: first normal, second"))
    workstation.type("c")
    #expect(workstation.screen(160, 50).contains("Second reader: suspicious, RADPEER 3b"))
    workstation.type("ns")
    #expect(
      workstation.press(.enter) == [
        .saveDecision(
          SecondLook.Decision(reader: "Dr Osei", call: .suspicious, at: Fixture.now), of: "1.2.2")
      ])
  }

  @Test("whoever has read the study sees it as it is signed, and cannot score it")
  func ownStudy() {
    var workstation = opened(isNext: false)
    #expect(workstation.screen(160, 50).contains("No acute abnormality."))
    #expect(workstation.screen(160, 50).contains("Waits for a second look"))
    #expect(workstation.type("c") == [] && workstation.place == .image)
  }

  @Test("what a third reader decided is suggested as an addendum to whoever opens the study")
  func suggestion() {
    var workstation = opened(.closed, isNext: false)
    let screen = workstation.screen(160, 50)
    #expect(screen.contains("A third reader called it suspicious"), "\(screen)")
    workstation.type("A")
    #expect(workstation.study?.isAddendum == true)
  }

  @Test("what failed to be recorded can be recorded again")
  func failure() {
    var workstation = opened()
    workstation.type("cs")
    _ = workstation.press(.enter)
    _ = workstation.update(.failed(.secondLook("1.2.2"), "The disk is full."))
    #expect(workstation.notices.line?.contains("The signed report is as it was.") == true)
    _ = workstation.press(.function(5))
    #expect(workstation.place == .scoring)
    #expect(workstation.press(.enter).count == 1)
  }

  @Test("the list is filtered by second looks, and an entry is closed with a reason")
  func list() {
    var workstation = opened()
    _ = workstation.press(.escape)
    for (filter, count) in [("open", 1), ("waiting", 1), ("arbitration", 0), ("closed", 0)] {
      workstation.type(":filter second:\(filter)")
      _ = workstation.press(.enter)
      #expect(workstation.worklist.shown.count == count, "\(filter)")
    }
    workstation.type(":filter second:open")
    _ = workstation.press(.enter)
    workstation.type(":close-second-look")
    _ = workstation.press(.enter)
    #expect(workstation.notices.hint == "Say why: :close-second-look REASON")
    workstation.type(":close-second-look a test image")
    #expect(
      workstation.press(.enter).contains(.closeSecondLook("1.2.2", reason: "a test image")))
  }
}

extension Effect {
  /// Saves nothing about the study.
  fileprivate var isHarmless: Bool {
    switch self {
    case .saveReview, .saveDraft, .sign, .saveReading, .saveDecision, .setAside: false
    default: true
    }
  }
}
