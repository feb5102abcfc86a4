import Testing

@testable import Triage

/// What several sites can make together without showing each other an image.
struct PooledTests {
  @Test("a calibration from counts is that from the images, as near as the bins are wide")
  func calibration() throws {
    let model = try Models.fresh()
    var random = SeededRandom(seed: 3)
    let images = (0..<400).map { index in
      Calibration.Observation(
        evidence: Double(random.uniform(-3, 3)) + (index % 2 == 1 ? 1.5 : 0),
        isSuspicious: index % 2 == 1)
    }
    var counts = EvidenceCounts()
    for image in images { counts.count(image.evidence, isSuspicious: image.isSuspicious) }
    let exact = Calibration.fitted(pooled: images, peaks: images).calibration
    let binned = Calibration.fitted(pooled: counts, peaks: counts).calibration
    #expect(binned.images == 400 && binned.suspicious == 200)
    for evidence in [-2.0, 0, 1, 3] {
      #expect(
        abs(exact.study.probability(evidence) - binned.study.probability(evidence)) < 0.02)
    }
    let bin = abs(exact.study.evidence(exact.threshold) - binned.study.evidence(binned.threshold))
    #expect(bin <= 0.25)
    #expect(try model.recalibrated(binned).calibration == binned)
  }

  @Test(
    "counts from elsewhere have one number a bin, and evidence beyond the scale counts at its end")
  func counts() {
    #expect(EvidenceCounts(normal: [1], suspicious: [1]) == nil)
    let none = [Int](repeating: 0, count: EvidenceCounts.bins)
    #expect(EvidenceCounts(normal: none, suspicious: none.map { $0 - 1 }) == nil)
    #expect(EvidenceCounts(normal: none.map { $0 + .max }, suspicious: none) == nil)
    #expect(EvidenceCounts(normal: none, suspicious: none) == EvidenceCounts())
    var counts = EvidenceCounts()
    counts.count(-1000, isSuspicious: false)
    counts.count(1000, isSuspicious: true)
    #expect(counts.normal.first == 1 && counts.suspicious.last == 1)
  }

  @Test("a familiarity from two sites' sums is that from all their lessons")
  func familiarity() throws {
    func lessons(_ range: Range<UInt64>) throws -> [Prepared] {
      try Pictures.lessons(range, preparedBy: Models.preprocessing).map(\.prepared)
    }
    let sites = [try lessons(0..<24), try lessons(100..<130)]
    let sums = sites.map { Familiarity.halves(of: $0) }
    let halves = zip(sums[0], sums[1]).map { $0 + $1 }
    let distances = sites.map { Familiarity.distances(of: $0, from: halves) }
    let pooled = try #require(
      Familiarity(halves: halves, distances: zip(distances[0], distances[1]).map(+)))
    let whole = try #require(Familiarity(lessons: sites[0] + sites[1]))
    #expect(abs(pooled.limit - whole.limit) <= 0.1 * whole.limit)
    for (one, other) in zip(pooled.mean.values, whole.mean.values) {
      #expect(abs(one - other) < 1e-4)
    }
    #expect(Familiarity(halves: halves, distances: [1]) == nil)
    #expect(FigureSums(images: 3, values: [.nan]) == nil)
  }
}
