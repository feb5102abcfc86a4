public import Radiology
public import Reporting

/// A study with all a reader needs to decide.
public struct OpenStudy: Sendable, Hashable {
  public let row: WorklistRow
  /// In the order they are shown.
  public let instances: [Instance]
  /// The reader's work so far, if there is any.
  public let review: Review?
  /// The latest draft or signed version, if there is one.
  public let report: Report?
  /// Earlier studies of the same patient, the newest first.
  public let priors: [WorklistRow]
  /// Studies of the same patient that an archive has and this store has not, the newest first.
  public let remotePriors: [RemoteStudy]
  /// What the model may judge and what it judged with; none if no model looked at the study.
  public let limits: ModelLimits?
  /// Who else has it open, and since when; the study is read-only then.
  public let lockedBy: String?
  /// What the reader had written when somebody took the study over.
  public internal(set) var setAside: Report?
  /// What was let out of it before it was signed, if anything was.
  public var preliminary: PreliminaryReport?
  /// What the site's signed reads say of the model's probability; none with too few of them.
  public var predictiveValue: PredictiveValue?
  /// Its newest second look, and whether this reader may take the next step of it.
  public var secondLook: SecondLook?
  public var isNextReader = false
  /// Where a new draft comes from, if another one fits this study than ``Options/template``.
  public let template: ReportTemplate?
  /// What is wrong with the site's template files, one sentence each.
  public let templateFlaws: [String]
  /// Patient Orientation (0020,0020) of the images that state it.
  public let orientations: [Instance.ID: [String]]
  /// The model that judged.
  public let model: ModelVersion?

  public init(
    row: WorklistRow, instances: [Instance], review: Review? = nil, report: Report? = nil,
    priors: [WorklistRow] = [], remotePriors: [RemoteStudy] = [], limits: ModelLimits? = nil,
    lockedBy: String? = nil, setAside: Report? = nil, template: ReportTemplate? = nil,
    templateFlaws: [String] = [], orientations: [Instance.ID: [String]] = [:],
    model: ModelVersion? = nil
  ) {
    self.row = row
    self.instances = instances
    self.review = review
    self.report = report
    self.priors = priors
    self.remotePriors = remotePriors
    self.limits = limits
    self.lockedBy = lockedBy
    self.setAside = setAside
    self.template = template
    self.templateFlaws = templateFlaws
    self.orientations = orientations
    self.model = model
  }
}
