import Foundation
import Radiology
import Testing

@testable import Triage

@Suite("The gate of a candidate")
struct ModelTrialTests {
  private let candidate: Model
  private let noon = Date(timeIntervalSinceReferenceDate: 800_000_000)

  init() throws { candidate = try Models.fresh(calibration: Self.fitted) }

  private static let fitted = Calibration(
    study: .plain, region: .plain, threshold: 0.5, images: 100, suspicious: 50)

  /// So many frozen images, every second suspicious, that the models rank as well as is said: of
  /// each ten suspicious ones so many score below all normal ones.
  private func pairs(
    _ count: Int = 400, missedByCandidate: Int = 1, missedByActive: Int = 1,
    pointing: (candidate: Int, active: Int)? = nil, groups: (Int) -> [String] = { _ in [] }
  ) -> [ModelTrial.Pair] {
    (0..<count).map { number in
      let isSuspicious = number % 2 == 0
      func read(_ missed: Int, hits: Int?) -> Evaluation.Read {
        let isMissed = number / 2 % 10 < missed
        // Of one class no two score alike, and normal ones lie between what is missed and found.
        let place = Double(number) / Double(count) / 10
        return Evaluation.Read(
          patient: "\(number / 2 * 2 + (isSuspicious ? 0 : 1))", site: "north",
          isSuspicious: isSuspicious,
          probability: isSuspicious ? (isMissed ? 0.1 + place : 0.8 + place) : 0.3 + place,
          pointing: isSuspicious
            ? hits.map { hits in
              PointingTrial(
                point: (number / 2 % 10 < hits ? 5 : 50, 5),
                boxes: [Manifest.Box(x0: 0, y0: 0, x1: 10, y1: 10)], columns: 100, rows: 100)
            } : nil)
      }
      return ModelTrial.Pair(
        candidate: read(missedByCandidate, hits: pointing?.candidate),
        active: read(missedByActive, hits: pointing?.active), groups: groups(number))
    }
  }

  private func trial(
    _ pairs: [ModelTrial.Pair], of model: Model? = nil, unread: Int = 0,
    alarms: ModelTrial.Alarms? = nil
  ) -> ModelTrial {
    ModelTrial(
      of: model ?? candidate, against: "active", pairs: pairs, lessons: pairs.count + unread,
      unread: unread, alarms: alarms, under: ModelRules(), at: noon, resamples: 300)
  }

  @Test("as good as the active model passes, with a paired interval of the difference")
  func passes() throws {
    let trial = trial(pairs())
    #expect(trial.verdict == .passed)
    let first = try #require(trial.checks.first)
    #expect(first.name == "AUROC" && first.candidate == first.active)
    #expect(first.low == 0 && first.high == 0)
    #expect(first.cases == 400 && first.suspicious == 200)
  }

  @Test("lower by more than the margin fails, and the figures say by how much")
  func fails() throws {
    let trial = trial(pairs(missedByCandidate: 3))
    #expect(trial.verdict == .failed)
    let first = try #require(trial.checks.first)
    #expect(abs(try #require(first.active) - 0.9) < 1e-9)
    #expect(abs(try #require(first.candidate) - 0.7) < 1e-9)
    #expect(try #require(first.high) < -0.02)
  }

  @Test("what too few images cannot tell is undecided, never passed")
  func undecided() {
    #expect(trial(pairs(38)).verdict == .undecided)
    #expect(trial([]).verdict == .undecided)
    // Two of a hundred more are missed: that may be chance.
    let close = pairs(100).enumerated().map { place, pair in
      place == 20 || place == 22 ? pairs(100, missedByCandidate: 10)[place] : pair
    }
    #expect(trial(close).verdict == .undecided)
  }

  @Test("worse in one group fails, however good it is on the whole")
  func group() throws {
    let half = { (number: Int) in [number < 200 ? "DX" : "CR"] }
    let worse = pairs(missedByCandidate: 4, missedByActive: 2, groups: half)
    let better = pairs(missedByCandidate: 0, missedByActive: 3, groups: half)
    let trial = trial(Array(better.prefix(200)) + worse.suffix(200))
    #expect(trial.checks.first?.verdict == .passed)
    #expect(trial.checks.first { $0.name == "AUROC of CR" }?.verdict == .failed)
    #expect(trial.checks.first { $0.name == "AUROC of DX" }?.verdict == .passed)
    #expect(trial.verdict == .failed)
  }

  @Test("a group with few cases is passed over")
  func smallGroup() {
    let trial = trial(pairs(groups: { $0 < 20 ? ["US"] : ["DX"] }))
    #expect(trial.checks.map(\.name) == ["AUROC", "AUROC of DX", "calibration"])
  }

  @Test("regions that no longer point fail, those that point as before do not")
  func pointing() {
    #expect(trial(pairs(pointing: (candidate: 8, active: 8))).verdict == .passed)
    let blind = trial(pairs(pointing: (candidate: 4, active: 8)))
    #expect(blind.checks.first { $0.name == "pointing" }?.verdict == .failed)
    #expect(blind.checks.first { $0.name == "pointing" }?.candidate == 0.4)
    #expect(blind.verdict == .failed)
  }

  @Test("probabilities that mean nothing here do not pass")
  func calibration() throws {
    let raw = try Models.fresh()
    #expect(trial(pairs(), of: raw).verdict == .undecided)
    // Half are suspicious, and it says of nearly all that they are.
    let sure = pairs().map { pair in
      func sure(_ read: Evaluation.Read) -> Evaluation.Read {
        Evaluation.Read(
          patient: read.patient, site: read.site, isSuspicious: read.isSuspicious,
          probability: 0.9 + read.probability / 10)
      }
      return ModelTrial.Pair(candidate: sure(pair.candidate), active: pair.active, groups: [])
    }
    let trial = trial(sure)
    #expect(trial.checks.first?.verdict == .passed)
    #expect(trial.checks.last?.name == "calibration" && trial.verdict == .failed)
  }

  @Test(
    "a flood of calls fails, and a few studies tell nothing",
    arguments: [(100, 30, 10, true), (100, 31, 10, false), (19, 19, 0, true)])
  func alarms(studies: Int, candidate: Int, active: Int, passes: Bool) {
    let alarms = ModelTrial.Alarms(studies: studies, candidate: candidate, active: active)
    #expect(trial(pairs(), alarms: alarms).verdict == (passes ? .passed : .failed))
  }

  @Test("images that only the active model can read fail the candidate")
  func unread() { #expect(trial(pairs(), unread: 1).verdict == .failed) }
}
