import Foundation
import Testing

@testable import Triage

struct CalibrationTests {
  /// Truth drawn from a known curve over logits.
  private func pairs(
    _ count: Int, slope: Double, offset: Double, seed: UInt64 = 1
  ) -> [Calibration.Pair] {
    var random = SeededRandom(seed: seed)
    return (0..<count).map { _ in
      let logit = Double(random.uniform(-4, 4))
      let truth = 1 / (1 + exp(-(slope * logit + offset)))
      return Calibration.Pair(
        probability: 1 / (1 + exp(-logit)), isSuspicious: Double(random.uniform()) < truth)
    }
  }

  @Test("more evidence is never less probable", arguments: 0..<20 as Range<UInt64>)
  func monotone(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let refit = Calibration.none.refitted(
      to: pairs(
        200, slope: Double(random.uniform(0.2, 3)), offset: Double(random.uniform(-2, 2)),
        seed: seed))
    #expect(refit.isFitted)
    for curve in [refit.calibration.study, refit.calibration.region] {
      let values = stride(from: -50.0, through: 50, by: 0.5).map(curve.probability)
      #expect(values == values.sorted())
      #expect(values.allSatisfy { (0...1).contains($0) })
    }
  }

  @Test("evidence is the inverse of probability")
  func inverse() {
    let curve = Logistic(slope: 1.7, offset: -0.4)
    for evidence in stride(from: -8.0, through: 8, by: 0.25) {
      #expect(abs(curve.evidence(curve.probability(evidence)) - evidence) < 1e-6)
    }
    #expect(curve.evidence(0).isFinite && curve.evidence(1).isFinite)
  }

  @Test("a known distortion is undone")
  func recovers() {
    let refit = Calibration.none.refitted(to: pairs(20_000, slope: 0.5, offset: -1))
    #expect(abs(refit.calibration.study.slope - 0.5) < 0.05)
    #expect(abs(refit.calibration.study.offset + 1) < 0.1)
  }

  @Test("refitting twice on the same images changes nothing the second time")
  func settled() {
    let images = pairs(500, slope: 0.7, offset: 0.3)
    let first = Calibration.none.refitted(to: images).calibration
    let again = first.refitted(
      to: images.map {
        Calibration.Pair(
          probability: first.study.probability(Logistic.plain.evidence($0.probability)),
          isSuspicious: $0.isSuspicious)
      }
    ).calibration
    #expect(abs(again.study.slope - first.study.slope) < 0.02)
    #expect(abs(again.threshold - first.threshold) < 0.02)
  }

  @Test("the threshold leaves nine of ten normal images alone")
  func threshold() {
    let images = pairs(1000, slope: 1, offset: 0)
    let calibration = Calibration.none.refitted(to: images, at: .specificity(0.9)).calibration
    let normal = images.filter { !$0.isSuspicious }
    let quiet = normal.count {
      calibration.study.probability(Logistic.plain.evidence($0.probability))
        < calibration.threshold
    }
    #expect(Double(quiet) / Double(normal.count) >= 0.9)
    #expect(Double(quiet) / Double(normal.count) < 0.93)
  }

  @Test("too few of a class, or scores that run backwards, leave the calibration as it is")
  func refuses() {
    let many = pairs(400, slope: 1, offset: 0)
    let few = many.filter { !$0.isSuspicious } + many.filter(\.isSuspicious).prefix(19)
    let backwards = many.map {
      Calibration.Pair(probability: 1 - $0.probability, isSuspicious: $0.isSuspicious)
    }
    for images in [few, backwards, []] {
      let refit = Calibration.none.refitted(to: images)
      #expect(!refit.isFitted)
      #expect(refit.calibration == .none)
      #expect(refit.statement.hasPrefix("Calibration unchanged"))
    }
  }

  @Test("a site's refit keeps the places that become regions")
  func regions() {
    let before = Calibration(
      study: .plain, region: Logistic(slope: 0.8, offset: -2), threshold: 0.4, regionThreshold: 0.3)
    let after = before.refitted(to: pairs(300, slope: 0.6, offset: 1)).calibration
    #expect(
      abs(after.region.evidence(after.regionThreshold) - before.region.evidence(0.3)) < 1e-6)
  }

  @Test("perfectly separated classes give a finite curve")
  func separated() {
    let images = (0..<60).map {
      Calibration.Pair(probability: $0 < 30 ? 0.1 : 0.9, isSuspicious: $0 >= 30)
    }
    let calibration = Calibration.none.refitted(to: images).calibration
    #expect(calibration.isSound)
    #expect((0.1...0.9).contains(calibration.threshold))
  }
}
