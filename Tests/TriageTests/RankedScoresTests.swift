import Testing

@testable import Triage

struct RankedScoresTests {
  /// Few distinct scores, so that ties are common.
  private func random(_ seed: UInt64, count: Int = 40) -> (scores: [Double], truth: [Bool]) {
    var random = SeededRandom(seed: seed)
    return (
      (0..<count).map { _ in Double(Int(random.uniform(0, 9))) / 8 },
      (0..<count).map { $0 == 0 || ($0 != 1 && random.chance(0.4)) }
    )
  }

  @Test(
    "AUROC is the share of pairs in order, a tie counting half", arguments: 0..<30 as Range<UInt64>)
  func definition(seed: UInt64) throws {
    let (scores, truth) = random(seed)
    var won = 0.0
    var pairs = 0.0
    for a in scores.indices where truth[a] {
      for b in scores.indices where !truth[b] {
        won += scores[a] > scores[b] ? 1 : scores[a] == scores[b] ? 0.5 : 0
        pairs += 1
      }
    }
    let auroc = try #require(RankedScores(scores: scores, isSuspicious: truth).auroc())
    #expect(abs(auroc - won / pairs) < 1e-12)
  }

  @Test("an image that counts twice is the same as two images", arguments: 0..<10 as Range<UInt64>)
  func counts(seed: UInt64) {
    let (scores, truth) = random(seed)
    let doubled = RankedScores(
      scores: scores + scores.prefix(9), isSuspicious: truth + truth.prefix(9))
    let counts = scores.indices.map { $0 < 9 ? 2.0 : 1 }
    let counted = RankedScores(scores: scores, isSuspicious: truth).auroc(counts: counts)
    #expect(abs((counted ?? 0) - (doubled.auroc() ?? 1)) < 1e-12)
  }

  @Test(
    "sensitivity at a specificity is the best of all thresholds", arguments: 0..<30 as Range<UInt64>
  )
  func sensitivity(seed: UInt64) throws {
    let (scores, truth) = random(seed)
    let ranked = RankedScores(scores: scores, isSuspicious: truth)
    let best = (scores + [2]).compactMap { threshold -> Double? in
      let specificity = ranked.specificity(atThreshold: threshold) ?? 0
      return specificity >= 0.9 ? ranked.sensitivity(atThreshold: threshold) : nil
    }.max()
    let point = try #require(ranked.point(atSpecificity: 0.9))
    #expect(point.sensitivity == best)
    #expect(ranked.sensitivity(atThreshold: point.threshold) == point.sensitivity)
    #expect(
      abs((ranked.specificity(atThreshold: point.threshold) ?? 0) - point.specificity) < 1e-12)
  }

  @Test("Youden's point beats every other threshold", arguments: 0..<10 as Range<UInt64>)
  func youden(seed: UInt64) throws {
    let (scores, truth) = random(seed)
    let ranked = RankedScores(scores: scores, isSuspicious: truth)
    let point = try #require(ranked.youden())
    for threshold in scores {
      let other =
        (ranked.sensitivity(atThreshold: threshold) ?? 0)
        + (ranked.specificity(atThreshold: threshold) ?? 0)
      #expect(point.sensitivity + point.specificity >= other - 1e-12)
    }
  }

  @Test("one class alone has no AUROC and no operating point")
  func oneClass() {
    let ranked = RankedScores(scores: [0.1, 0.2], isSuspicious: [true, true])
    #expect(ranked.auroc() == nil)
    #expect(ranked.point(atSpecificity: 0.9) == nil)
    #expect(ranked.specificity(atThreshold: 0.5) == nil)
  }
}
