import Foundation
import Radiology
import Testing

@Suite("What a site's reads say of a probability")
struct PredictiveValueTests {
  private func row(_ probability: Double?, model: String = "m1", isSynthetic: Bool = false)
    -> WorklistRow
  {
    let patient = Patient(identifier: "1", name: "DOE^JANE", fallback: "1.2")
    let study = Study(
      uid: "1.2", patient: patient.id, arrived: Date(timeIntervalSince1970: 0),
      isSynthetic: isSynthetic)
    let triage = probability.map {
      Triage(
        study: "1.2", probability: $0, threshold: 0.5, findings: [], model: model,
        made: Date(timeIntervalSince1970: 0))
    }
    return WorklistRow(
      study: study, patient: patient, triage: triage, review: nil, state: .unread, instances: 1,
      readable: 1)
  }

  private var tally: ScoreTally {
    var tally = ScoreTally()
    for (hundredth, suspicious, normal) in [(95, 18, 2), (60, 10, 10), (5, 1, 59)] {
      for (count, isSuspicious) in [(suspicious, true), (normal, false)] {
        tally.add(
          count, model: "m1", isSynthetic: false, hundredth: hundredth,
          isSuspicious: isSuspicious)
      }
    }
    return tally
  }

  @Test(
    "it counts the reads at or above the probability",
    arguments: [(0.95, 18, 20), (0.6, 28, 40), (0.9, 18, 20), (0.05, 29, 100), (0.0, 29, 100)])
  func counts(probability: Double, suspicious: Int, reads: Int) throws {
    let value = try #require(tally.predictiveValue(of: row(probability)))
    #expect(value.suspicious == suspicious)
    #expect(value.reads == reads)
  }

  @Test("too few reads, another model, generated studies and no probability say nothing")
  func silent() {
    #expect(tally.predictiveValue(of: row(0.96)) == nil)
    #expect(tally.predictiveValue(of: row(0.6, model: "m2")) == nil)
    #expect(tally.predictiveValue(of: row(0.6, isSynthetic: true)) == nil)
    #expect(tally.predictiveValue(of: row(nil)) == nil)
    #expect(PredictiveValue(suspicious: 19, of: PredictiveValue.fewest - 1) == nil)
    #expect(!ScoreTally().isTelling)
    #expect(tally.isTelling)
  }

  @Test(
    "the interval is Wilson's",
    // By statsmodels' proportion_confint(method="wilson").
    arguments: [
      (20, 20, 0.8389, 1.0), (0, 20, 0.0, 0.1611), (18, 20, 0.6990, 0.9721),
      (50, 100, 0.4038, 0.5962),
    ])
  func interval(suspicious: Int, reads: Int, low: Double, high: Double) throws {
    let value = try #require(PredictiveValue(suspicious: suspicious, of: reads))
    #expect(abs(value.interval.lowerBound - low) < 0.0002)
    #expect(abs(value.interval.upperBound - high) < 0.0002)
  }

  @Test("each hundredth is counted under its own number")
  func hundredths() {
    for number in 0...100 { #expect(ScoreTally.hundredth(Double(number) / 100) == number) }
    #expect(ScoreTally.hundredth(0.999) == 99)
  }
}
