/// What a model is for, what it must not be used for, and how it did: the leaflet in the box.
public struct Card: Codable, Sendable, Hashable {
  /// A short name for people, for example `chest r24`.
  public var name: String
  public var intendedUse: String
  /// Modalities (0008,0060) it may judge, for example `CR` and `DX`.
  public var modalities: [String]
  /// Body parts (0018,0015) it may judge, for example `CHEST`.
  public var bodyParts: [String]
  /// View positions (0018,5101) it may judge, for example `PA` and `AP`.
  public var views: [String]
  /// Ages in whole years it has learned from, both ends included; any where nil.
  public var ages: Ages?
  /// What it tells apart, the normal class first.
  public var labels: [String]
  /// What is known to go wrong, one sentence each.
  public var limits: [String]
  /// What it was trained on, one sentence for each site.
  public var trainingData: [String]
  /// It has learned from generated images only and must not judge a person.
  public var isSynthetic: Bool
  /// Figures on images it was not trained on.
  public var metrics: Evaluation?
  /// What the figures were measured on.
  public var metricsNote: String
  /// Terms under which the weights may be used.
  public var terms: String

  /// Shown wherever a model is shown.
  public static let disclaimer =
    "Research software; no medical device. A radiologist decides every study."

  /// A span of ages in whole years, both ends included.
  public struct Ages: Codable, Sendable, Hashable {
    public var from: Int
    public var to: Int

    public init(from: Int, to: Int) {
      self.from = from
      self.to = to
    }
  }

  public init(
    name: String, intendedUse: String, modalities: [String], bodyParts: [String],
    views: [String], ages: Ages? = nil, labels: [String] = ["normal", "suspicious"],
    limits: [String], trainingData: [String], isSynthetic: Bool = false,
    metrics: Evaluation? = nil, metricsNote: String = "", terms: String
  ) {
    self.name = name
    self.intendedUse = intendedUse
    self.modalities = modalities
    self.bodyParts = bodyParts
    self.views = views
    self.ages = ages
    self.labels = labels
    self.limits = limits
    self.trainingData = trainingData
    self.isSynthetic = isSynthetic
    self.metrics = metrics
    self.metricsNote = metricsNote
    self.terms = terms
  }
}
