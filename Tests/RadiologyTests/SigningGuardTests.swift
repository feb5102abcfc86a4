import Foundation
import Radiology
import Testing

@Suite struct SigningGuardTests {
  let date = Date(timeIntervalSince1970: 0)

  @Test("a complete report of a called study may be signed without a question")
  func passes() {
    let signing = SigningGuard(
      review: review(.suspicious, .agreed), report: report("x"), triage: nil, images: whole,
      by: "Dr Osei")
    #expect(signing.objections.isEmpty)
    #expect(signing.allows)
  }

  @Test("an uncalled study and an empty required section block")
  func blocks() {
    let signing = SigningGuard(
      review: review(nil, .agreed), report: report(" \n"), triage: nil, images: whole, by: "Dr Osei"
    )
    #expect(signing.blocking.count == 2)
    #expect(signing.blocking.last?.place == "impression")
    #expect(!signing.allows)
  }

  @Test("a signed version cannot be signed again")
  func signed() {
    var done = report("x")
    done.signed = date
    #expect(
      !SigningGuard(
        review: review(.normal, .agreed), report: done, triage: nil, images: whole, by: "Dr Osei"
      )
      .allows)
  }

  @Test("an unvisited region is asked about and does not block")
  func unvisited() {
    let signing = SigningGuard(
      review: review(.normal, .open), report: report("x"), triage: nil, images: whole, by: "Dr Osei"
    )
    #expect(signing.questions.map(\.place) == ["R1"])
    #expect(signing.allows)
  }

  @Test("normal against a suspicious model is asked about")
  func disagreement() {
    let triage = Triage(
      study: "s", probability: 0.9, threshold: 0.5, findings: [], model: "m", made: date)
    let signing = SigningGuard(
      review: review(.normal, .rejected), report: report("x"), triage: triage, images: whole,
      by: "Dr Osei")
    #expect(signing.questions.count == 1)
  }

  @Test("normal against a suspicious model is asked about from the department's weight on")
  func weight() {
    func asks(_ probability: Double) -> Bool {
      let triage = Triage(
        study: "s", probability: probability, threshold: 0.5, findings: [], model: "m", made: date)
      return !SigningGuard(
        review: review(.normal, .rejected), report: report("x"), triage: triage, images: whole,
        by: "Dr Osei", under: ReadingRules(askAbove: 0.8)
      ).questions.isEmpty
    }
    #expect(!asks(0.79) && asks(0.8))
  }

  @Test("what the model ruled out may be signed unopened, and the record says so")
  func unopened() {
    for state in [nil, Finding.State.rejected] {
      let signing = unopened(state, probability: 0.1)
      #expect(signing.allows)
      #expect(signing.questions.map(\.text) == [SigningGuard.unopenedText])
    }
  }

  @Test("nothing else may be signed unopened, and nothing is asked about it")
  func unopenedBlocks() {
    #expect(!unopened(.open, probability: 0.1).allows)
    #expect(!unopened(.unsure, probability: 0.1).allows)
    #expect(!unopened(.agreed, probability: 0.1).allows)
    #expect(!unopened(nil, probability: 0.9).allows)
    #expect(!unopened(nil, probability: nil).allows)
    #expect(!unopened(nil, probability: 0.1, call: .suspicious).allows)
    #expect(!unopened(nil, probability: 0.1, reader: "Dr Patel").allows)
    for images in [
      Completeness(instances: 2, readable: 1), Completeness(instances: 1, readable: 1, missing: 1),
      Completeness(instances: 1, readable: 1, isArriving: true),
    ] {
      #expect(!unopened(nil, probability: 0.1, images: images).allows)
    }
    #expect(!unopened(nil, probability: 0.1, state: .addendum).allows)
    #expect(!unopened(nil, probability: 0.1, byHand: true).allows)
  }

  @Test("a region the model has found since the review is not signed unopened")
  func unopenedSince() {
    let found = review(.normal, .open).findings
    #expect(!unopened(nil, probability: 0.1, found: found).allows)
  }

  /// Of a study that is signed together with others.
  private func unopened(
    _ finding: Finding.State?, probability: Double?, call: Call = .normal,
    reader: String = "Dr Osei", images: Completeness? = nil, state: Report.State = .draft,
    found: [Finding] = [], byHand: Bool = false
  ) -> SigningGuard {
    var review = review(call, finding ?? .open)
    if finding == nil { review.findings = [] }
    var report = report("x")
    report.state = state
    if !byHand {
      for index in report.sections.indices {
        report.sections[index].drafted = report.sections[index].text
      }
    }
    return SigningGuard(
      review: review, report: report,
      triage: probability.map {
        Triage(
          study: "s", probability: $0, threshold: 0.5, findings: found, model: "m", made: date)
      }, images: images ?? whole, by: reader, isUnopened: true)
  }

  @Test("a region that was not on the screen is asked about in its own words")
  func unseen() {
    func questions(_ call: Call, _ state: Finding.State) -> [String] {
      let review = review(call, state)
      return SigningGuard(
        review: review, report: report("x"), triage: nil, images: whole, by: "Dr Osei",
        unseen: Set(review.findings.map(\.id))
      ).questions.map(\.text)
    }
    #expect(questions(.normal, .open) == ["Region R1 was never looked at"])
    #expect(questions(.normal, .rejected) == ["Region R1 was decided and not looked at since"])
    #expect(questions(.suspicious, .agreed).isEmpty)
  }

  @Test("normal with a confirmed region is asked about")
  func contradiction() {
    let signing = SigningGuard(
      review: review(.normal, .agreed), report: report("x"), triage: nil, images: whole,
      by: "Dr Osei")
    #expect(signing.questions.first?.place == "R1")
  }

  @Test("whoever signs another's review is asked about it")
  func anothers() {
    let signing = SigningGuard(
      review: review(.normal, .rejected), report: report("x"), triage: nil, images: whole,
      by: "Dr Patel")
    #expect(signing.questions.map(\.text) == ["The review is by Dr Osei"])
  }

  @Test("a sentence about a region that is rejected or not there blocks")
  func rejectedRegion() {
    let text = "R1: abnormal region.\nR2 too.\nR10 and R1 in passing."
    for (state, places) in [(Finding.State.rejected, 3), (.agreed, 2)] {
      let signing = SigningGuard(
        review: review(.suspicious, state), report: report(text), triage: nil, images: whole,
        by: "Dr Osei")
      #expect(signing.blocking.map(\.place) == Array(repeating: "impression", count: places))
    }
  }

  @Test("an impression written under another call blocks until it is written again")
  func otherCall() {
    let before = review(.suspicious, .rejected)
    let now = review(.normal, .rejected)
    var report = report("")
    report.sections[0].write("Nodule.", under: before)
    let signing = SigningGuard(
      review: now, report: report, triage: nil, images: whole, by: "Dr Osei")
    #expect(
      signing.blocking.map(\.text)
        == ["Impression was written for a suspicious study, now called normal"])
    report.sections[0].write("No nodule.", under: now)
    #expect(
      SigningGuard(review: now, report: report, triage: nil, images: whole, by: "Dr Osei").allows)
  }

  @Test("images that are not there or cannot be read are asked about, and do not block")
  func incomplete() {
    func questions(_ images: Completeness) -> [String] {
      let signing = SigningGuard(
        review: review(.normal, .rejected), report: report("x"), triage: nil, images: images,
        by: "Dr Osei")
      #expect(signing.allows)
      return signing.questions.map(\.text)
    }
    #expect(questions(whole).isEmpty)
    #expect(
      questions(Completeness(instances: 3, readable: 2, isArriving: true)) == [
        "Images may still be arriving", "1 of 3 images could not be read",
      ])
    #expect(
      questions(Completeness(instances: 1, readable: 1, missing: 2))
        == ["2 images are still at the archive"])
    #expect(
      questions(Completeness(instances: 1, readable: 1, missing: 1, unseen: 1)) == [
        "1 image came after the study was opened", "1 image is still at the archive",
      ])
  }

  private func review(_ call: Call?, _ state: Finding.State) -> Review {
    let finding = Finding(
      trackingUID: "1", name: "R1", region: square, origin: .model, state: state)
    return Review(
      study: "s", reader: "Dr Osei", call: call, findings: [finding], model: nil, started: date)
  }

  private func report(_ impression: String) -> Report {
    let section = Report.Section(
      key: "impression", title: "Impression", text: impression, isRequired: true)
    return Report(study: "s", sections: [section], author: "Dr Osei", changed: date)
  }
}
