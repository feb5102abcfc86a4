import Foundation
import Radiology
import Testing

@Suite struct SigningGuardTests {
  let date = Date(timeIntervalSince1970: 0)

  @Test("a complete report of a called study may be signed without a question")
  func passes() {
    let signing = SigningGuard(
      review: review(.suspicious, .agreed), report: report("x"), triage: nil)
    #expect(signing.objections.isEmpty)
    #expect(signing.allows)
  }

  @Test("an uncalled study and an empty required section block")
  func blocks() {
    let signing = SigningGuard(review: review(nil, .agreed), report: report(" \n"), triage: nil)
    #expect(signing.blocking.count == 2)
    #expect(signing.blocking.last?.place == "impression")
    #expect(!signing.allows)
  }

  @Test("a signed version cannot be signed again")
  func signed() {
    var done = report("x")
    done.signed = date
    #expect(!SigningGuard(review: review(.normal, .agreed), report: done, triage: nil).allows)
  }

  @Test("an unvisited region is asked about and does not block")
  func unvisited() {
    let signing = SigningGuard(review: review(.normal, .open), report: report("x"), triage: nil)
    #expect(signing.questions.map(\.place) == ["R1"])
    #expect(signing.allows)
  }

  @Test("normal against a suspicious model is asked about")
  func disagreement() {
    let triage = Triage(
      study: "s", probability: 0.9, threshold: 0.5, findings: [], model: "m", made: date)
    let signing = SigningGuard(
      review: review(.normal, .rejected), report: report("x"), triage: triage)
    #expect(signing.questions.count == 1)
  }

  @Test("normal with a confirmed region is asked about")
  func contradiction() {
    let signing = SigningGuard(review: review(.normal, .agreed), report: report("x"), triage: nil)
    #expect(signing.questions.first?.place == "R1")
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
