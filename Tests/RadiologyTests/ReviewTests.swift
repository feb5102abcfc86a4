import Foundation
import Radiology
import Testing

@Suite struct ReviewTests {
  let date = Date(timeIntervalSince1970: 0)

  @Test("a region the reader adds is named after the last and stands confirmed")
  func adding() {
    var review = Review(
      study: "s", reader: "r",
      findings: [Finding(trackingUID: "1", name: "R4", region: square, origin: .model)],
      model: nil, started: date)
    let added = review.add(square, trackingUID: "2", at: date)
    #expect(added.name == "R5")
    #expect(review.confirmed == [added])
    #expect(review.open.map(\.name) == ["R4"])
  }

  @Test("marking a region that is not there says so and changes nothing")
  func unknown() {
    var review = Review(study: "s", reader: "r", findings: [], model: nil, started: date)
    #expect(review.mark("R1", .agreed, at: date + 1) == false)
    #expect(review.changed == date)
  }

  @Test("the class of a judgement follows from probability and threshold", arguments: [0.29, 0.3])
  func threshold(probability: Double) {
    let triage = Triage(
      study: "s", probability: probability, threshold: 0.3, findings: [], model: "m", made: date)
    #expect(triage.triageClass == (probability < 0.3 ? .normal : .suspicious))
  }
}
