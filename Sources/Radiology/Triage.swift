public import Foundation

/// What the model's look at a study came to.
public enum TriageClass: String, Codable, Sendable, CaseIterable {
  /// Nothing suspicious; there may still be a region to see once more.
  case normal
  case suspicious
  /// The model must not judge this study; ``Triage/reason`` says why.
  case undetermined
  /// The images could not be read; ``Triage/reason`` says why. Never normal.
  case failed
}

/// The model's result for a study.
public struct Triage: Codable, Sendable, Hashable {
  public let study: Study.ID
  public let triageClass: TriageClass
  /// Calibrated probability that the study is abnormal, 0 to 1; none unless a model judged.
  public let probability: Double?
  /// At or above this probability the study was called suspicious.
  public let threshold: Double?
  /// Why the study is undetermined or failed: one sentence without patient data.
  public let reason: String?
  /// Regions to look at again, the most suspicious first.
  public let findings: [Finding]
  /// Which model judged; none if none could.
  public let model: ModelVersion.ID?
  public let made: Date

  /// A judgement.
  ///
  /// The class follows from probability and threshold, so that they cannot disagree.
  public init(
    study: Study.ID, probability: Double, threshold: Double, findings: [Finding],
    model: ModelVersion.ID, made: Date
  ) {
    precondition((0...1).contains(probability), "a probability is from 0 to 1")
    self.study = study
    triageClass = probability >= threshold ? .suspicious : .normal
    self.probability = probability
    self.threshold = threshold
    reason = nil
    self.findings = findings
    self.model = model
    self.made = made
  }

  /// A refusal to judge, which is a result too.
  public init(study: Study.ID, refused: Refusal, model: ModelVersion.ID?, made: Date) {
    self.study = study
    triageClass =
      switch refused {
      case .undetermined: .undetermined
      case .failed: .failed
      }
    probability = nil
    threshold = nil
    reason =
      switch refused {
      case .undetermined(let reason), .failed(let reason): reason
      }
    findings = []
    self.model = model
    self.made = made
  }

  /// The result for a study of documents alone: no model judges words, and nothing is broken.
  public init(ofDocumentsIn study: Study.ID, made: Date) {
    self.init(study: study, refused: .undetermined(Self.documentsReason), model: nil, made: made)
  }

  private static let documentsReason =
    "The study is a document without an image: text to read, nothing for a model to judge."

  /// It was said of a study of documents alone.
  public var isOfDocuments: Bool { triageClass == .undetermined && reason == Self.documentsReason }

  /// Why there is no judgement.
  public enum Refusal: Sendable, Hashable {
    /// The study is outside what the model's card covers.
    case undetermined(String)
    /// No picture could be read.
    case failed(String)
  }
}
