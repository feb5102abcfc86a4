public import Foundation
public import Radiology

extension ModelTrial {
  /// One frozen image as both models read it.
  public struct Pair: Sendable {
    public let candidate: Evaluation.Read
    public let active: Evaluation.Read
    /// What its study belongs to, for example `DX` and `18 to 64 years`.
    public let groups: [String]

    public init(candidate: Evaluation.Read, active: Evaluation.Read, groups: [String]) {
      self.candidate = candidate
      self.active = active
      self.groups = groups
    }
  }

  /// How many of the same recent studies each model calls suspicious.
  public struct Alarms: Sendable, Hashable {
    public let studies: Int
    public let candidate: Int
    public let active: Int

    public init(studies: Int, candidate: Int, active: Int) {
      self.studies = studies
      self.candidate = candidate
      self.active = active
    }
  }

  /// Fewer cases of a class say nothing about a group.
  static let leastOfEachClass = Calibration.leastOfEachClass
  /// Fewer marked images say nothing about where a model points.
  static let leastMarked = 20
  /// Fewer studies say nothing about how often a model would call.
  static let leastShadowed = 20

  /// Compares two models by what they read of the frozen images.
  ///
  /// The candidate passes where its AUROC is lower by less than the margin with 95 % confidence
  /// (non-inferiority; paired bootstrap by patient), and where nothing else shows it to be worse: no
  /// group of studies, not where it points, no calibration that does not hold, no flood of calls.
  ///
  /// Of the frozen images `unread` are those only the active model can read; `alarms` are both on
  /// recent studies, none if there were none to look at.
  public init(
    of candidate: Model, against: ModelVersion.ID, pairs: [Pair], lessons: Int, unread: Int,
    alarms: Alarms?, under rules: ModelRules, at date: Date, resamples: Int = 1000
  ) {
    let comparison = Comparison(pairs, resamples: resamples)
    var checks = [comparison.discrimination(within: rules.margin)]
    if unread > 0 {
      checks.append(
        Check(
          name: "readable images", verdict: .failed, cases: lessons, suspicious: 0,
          reason: "It cannot read \(unread) images that the active model reads."))
    }
    let groups = Set(pairs.flatMap(\.groups)).sorted()
    checks += groups.compactMap { group in
      Comparison(pairs.filter { $0.groups.contains(group) }, resamples: resamples)
        .discrimination(of: group, within: rules.groupMargin)
    }
    checks += [comparison.pointing(), comparison.calibration(of: candidate)].compactMap(\.self)
    checks += alarms.flatMap(Self.check).map { [$0] } ?? []
    self.init(
      model: candidate.id, against: against, made: date, lessons: lessons, checks: checks)
  }

  /// A model that would call far more studies than the active one is none for this site.
  private static func check(_ alarms: Alarms) -> Check? {
    guard alarms.studies >= leastShadowed else { return nil }
    let all = Double(alarms.studies)
    let (mine, usual) = (Double(alarms.candidate) / all, Double(alarms.active) / all)
    return Check(
      name: "calls", verdict: mine <= 2 * usual + 0.1 ? .passed : .failed, candidate: mine,
      active: usual, cases: alarms.studies, suspicious: 0,
      reason:
        "Of the same \(alarms.studies) recent studies it calls \(alarms.candidate) suspicious, "
        + "the active model \(alarms.active); twice as many and one in ten would be too many.")
  }
}

/// The figures of two models over the same images.
private struct Comparison {
  private let pairs: [ModelTrial.Pair]
  private let bootstrap: PatientBootstrap
  private let suspicious: Int

  init(_ pairs: [ModelTrial.Pair], resamples: Int) {
    self.pairs = pairs
    bootstrap = PatientBootstrap(
      patients: pairs.map(\.candidate.patient), resamples: resamples, seed: 1)
    suspicious = pairs.count { $0.candidate.isSuspicious }
  }

  private var isEnough: Bool {
    min(suspicious, pairs.count - suspicious) >= ModelTrial.leastOfEachClass
  }

  private func difference(
    _ candidate: RankedScores, _ active: RankedScores
  ) -> (candidate: Double, active: Double, interval: Interval)? {
    guard let own = candidate.auroc(), let usual = active.auroc(),
      let interval = bootstrap.interval(of: { counts in
        candidate.auroc(counts: counts).flatMap { own in
          active.auroc(counts: counts).map { own - $0 }
        }
      })
    else { return nil }
    return (own, usual, interval)
  }

  /// Whether the candidate is not worse than the margin allows; undecided where nobody can tell yet.
  func discrimination(within margin: Double) -> ModelTrial.Check {
    guard isEnough, let found = difference(ranked(\.candidate), ranked(\.active)) else {
      return ModelTrial.Check(
        name: "AUROC", verdict: .undecided, cases: pairs.count, suspicious: suspicious,
        reason: "Of the frozen images \(pairs.count - suspicious) are normal and \(suspicious) "
          + "suspicious; at least \(ModelTrial.leastOfEachClass) of each are needed.")
    }
    let verdict: ModelTrial.Verdict =
      found.interval.low >= -margin
      ? .passed : found.interval.high < -margin ? .failed : .undecided
    let words =
      switch verdict {
      case .passed: "It is lower by less than \(margin), if at all."
      case .failed: "It is lower by more than \(margin)."
      case .undecided:
        "It may be lower by more than \(margin), or not: more reviewed studies would tell."
      }
    return check("AUROC", verdict, found, words)
  }

  /// Whether the candidate is worse in a group; none where there are too few cases to tell.
  func discrimination(of group: String, within margin: Double) -> ModelTrial.Check? {
    guard isEnough, let found = difference(ranked(\.candidate), ranked(\.active)) else {
      return nil
    }
    let isWorse = found.candidate - found.active < -margin && found.interval.high < 0
    return check(
      "AUROC of \(group)", isWorse ? .failed : .passed, found,
      isWorse
        ? "In this group it is lower by more than \(margin), and not by chance."
        : "In this group it is not shown to be lower by more than \(margin).")
  }

  /// Whether the candidate points as well as the active model; none without enough marked images.
  func pointing() -> ModelTrial.Check? {
    let trials = pairs.map { (own: $0.candidate.pointing, usual: $0.active.pointing) }
    let marked = trials.count { $0.own != nil && $0.usual != nil }
    guard marked >= ModelTrial.leastMarked else { return nil }
    func share(_ counts: [Double], _ hit: (Int) -> Bool?) -> Double? {
      var (hits, all) = (0.0, 0.0)
      for place in trials.indices {
        guard let isHit = hit(place) else { continue }
        all += counts[place]
        hits += isHit ? counts[place] : 0
      }
      return all > 0 ? hits / all : nil
    }
    func own(_ place: Int) -> Bool? { trials[place].usual == nil ? nil : trials[place].own?.isHit }
    func usual(_ place: Int) -> Bool? {
      trials[place].own == nil ? nil : trials[place].usual?.isHit
    }
    let once = [Double](repeating: 1, count: trials.count)
    guard let mine = share(once, own), let before = share(once, usual),
      let interval = bootstrap.interval(of: { counts in
        share(counts, own).flatMap { mine in share(counts, usual).map { mine - $0 } }
      })
    else { return nil }
    let isWorse = interval.high < 0
    return ModelTrial.Check(
      name: "pointing", verdict: isWorse ? .failed : .passed, candidate: mine, active: before,
      low: interval.low, high: interval.high, cases: marked, suspicious: marked,
      reason: isWorse
        ? "Its strongest place lies in a marked region less often, and not by chance."
        : "Its strongest place lies in a marked region no less often than chance explains.")
  }

  /// Whether the candidate's probabilities hold here, on images it was not calibrated with.
  func calibration(of model: Model) -> ModelTrial.Check? {
    guard model.calibration.images > 0 else {
      return ModelTrial.Check(
        name: "calibration", verdict: .undecided, cases: pairs.count, suspicious: suspicious,
        reason: "It was calibrated on no images: its probabilities mean nothing here yet.")
    }
    guard isEnough else { return nil }
    let all = Double(pairs.count)
    let mean = pairs.map(\.candidate.probability).reduce(0, +) / all
    let share = Double(suspicious) / all
    // Two standard errors of the share, and a tenth: the frozen images may be others than usual.
    let most = 0.1 + 2 * (share * (1 - share) / all).squareRoot()
    return ModelTrial.Check(
      name: "calibration", verdict: abs(mean - share) <= most ? .passed : .failed, candidate: mean,
      active: pairs.map(\.active.probability).reduce(0, +) / all, cases: pairs.count,
      suspicious: suspicious,
      reason: String(
        format: "On the mean it says %.2f, and %.2f of the images are suspicious.", mean, share))
  }

  private func ranked(_ read: (ModelTrial.Pair) -> Evaluation.Read) -> RankedScores {
    RankedScores(
      scores: pairs.map { read($0).probability }, isSuspicious: pairs.map { read($0).isSuspicious })
  }

  private func check(
    _ name: String, _ verdict: ModelTrial.Verdict,
    _ found: (candidate: Double, active: Double, interval: Interval), _ words: String
  ) -> ModelTrial.Check {
    ModelTrial.Check(
      name: name, verdict: verdict, candidate: found.candidate, active: found.active,
      low: found.interval.low, high: found.interval.high, cases: pairs.count,
      suspicious: suspicious, reason: words)
  }
}
