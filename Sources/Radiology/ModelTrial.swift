public import Foundation

/// How a candidate did beside the model that sorts the worklist, on images neither has learned from.
public struct ModelTrial: Codable, Sendable, Hashable {
  public enum Verdict: String, Codable, Sendable {
    /// Nothing speaks against the candidate.
    case passed
    /// It is worse, and not by chance.
    case failed
    /// There is too little to tell by.
    case undecided
  }

  /// One thing that was looked at.
  public struct Check: Codable, Sendable, Hashable {
    /// For example `AUROC`, or `AUROC of DX` for a group of studies.
    public let name: String
    public let verdict: Verdict
    /// The figure of each; none where there is none.
    public let candidate: Double?
    public let active: Double?
    /// 95 % interval of the candidate's figure less the active model's, by patient.
    public let low: Double?
    public let high: Double?
    /// Images or studies it was looked at on, and how many of them suspicious.
    public let cases: Int
    public let suspicious: Int
    /// One sentence without patient data.
    public let reason: String

    public init(
      name: String, verdict: Verdict, candidate: Double? = nil, active: Double? = nil,
      low: Double? = nil, high: Double? = nil, cases: Int, suspicious: Int, reason: String
    ) {
      self.name = name
      self.verdict = verdict
      self.candidate = candidate
      self.active = active
      self.low = low
      self.high = high
      self.cases = cases
      self.suspicious = suspicious
      self.reason = reason
    }
  }

  public let model: ModelVersion.ID
  /// The model that sorted the worklist at that time.
  public let against: ModelVersion.ID
  public let made: Date
  /// Frozen images there were for it.
  public let lessons: Int
  public let checks: [Check]

  public init(
    model: ModelVersion.ID, against: ModelVersion.ID, made: Date, lessons: Int, checks: [Check]
  ) {
    self.model = model
    self.against = against
    self.made = made
    self.lessons = lessons
    self.checks = checks
  }

  /// One failure fails it, and what cannot be told passes nothing.
  public var verdict: Verdict {
    let all = checks.map(\.verdict)
    return all.contains(.failed)
      ? .failed : all.isEmpty || all.contains(.undecided) ? .undecided : .passed
  }
}

/// What a model that does not sort the worklist says of a study.
public struct ShadowReading: Codable, Sendable, Hashable {
  public let study: Study.ID
  public let model: ModelVersion.ID
  public let triageClass: TriageClass
  /// Calibrated probability, 0 to 1; none unless it judged.
  public let probability: Double?
  public let made: Date

  public init(
    study: Study.ID, model: ModelVersion.ID, triageClass: TriageClass, probability: Double?,
    made: Date
  ) {
    self.study = study
    self.model = model
    self.triageClass = triageClass
    self.probability = probability
    self.made = made
  }
}

/// What a site asks of a model before it sorts its worklist, and what follows: `[model]`.
public struct ModelRules: Sendable, Hashable {
  /// By how much the AUROC of a candidate may be lower at most.
  public let margin: Double
  /// The same in a group of studies.
  public let groupMargin: Double
  /// Whether a candidate that passed takes over by itself; else a person says so.
  public let promotesByItself: Bool
  /// How many days before its promotion signed normals are looked at again; 0 for not at all.
  public let lookBackDays: Int

  public init(
    margin: Double = 0.02, groupMargin: Double = 0.05, promotesByItself: Bool = false,
    lookBackDays: Int = 90
  ) {
    self.margin = margin
    self.groupMargin = groupMargin
    self.promotesByItself = promotesByItself
    self.lookBackDays = lookBackDays
  }
}
