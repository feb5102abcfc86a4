public import Radiology

/// All that a document says of one study.
public struct Dossier: Sendable {
  public let study: Study
  public let patient: Patient
  public let instances: [Instance]
  public let triage: Triage?
  public let review: Review?
  public let report: Report?
  /// The model that judged; its ``ModelVersion/id`` is the one the triage names.
  public let model: ModelVersion?
  /// What the model's card says it must not be used for, one sentence each.
  public let limits: [String]
  /// Where somebody has judged it.
  public let quality: ImageQuality?
  /// Patient Orientation (0020,0020) of the images that state it.
  public let orientations: [Instance.ID: [String]]
  /// What the study was asked for, where a worklist says so.
  public let order: Order?

  /// - Throws: ``ReportingError/mismatch(_:)`` if the parts belong to different studies, patients
  ///   or models.
  public init(
    study: Study, patient: Patient, instances: [Instance], triage: Triage? = nil,
    review: Review? = nil, report: Report? = nil, model: ModelVersion? = nil,
    limits: [String] = [], quality: ImageQuality? = nil,
    orientations: [Instance.ID: [String]] = [:], order: Order? = nil
  ) throws(ReportingError) {
    guard study.patient == patient.id else {
      throw .mismatch("The study belongs to another patient.")
    }
    guard instances.allSatisfy({ $0.study == study.uid }) else {
      throw .mismatch("An image belongs to another study.")
    }
    guard
      [triage?.study, review?.study, report?.study].allSatisfy({ $0 ?? study.uid == study.uid })
    else { throw .mismatch("The triage, the review or the report belongs to another study.") }
    guard model == nil || triage?.model == nil || model?.id == triage?.model else {
      throw .mismatch("The model is not the one that judged the study.")
    }
    self.study = study
    self.patient = patient
    self.instances = instances
    self.triage = triage
    self.review = review
    self.report = report
    self.model = model
    self.limits = limits
    self.quality = quality
    self.orientations = orientations
    self.order = order
  }

  /// The reader's list once there is one, the model's until then.
  var findings: [Finding] { review?.findings ?? triage?.findings ?? [] }
  /// The findings a document may show: a rejected one is none.
  var shownFindings: [Finding] { findings.filter { $0.state != .rejected } }
  var isSigned: Bool { report?.isSigned ?? false }

  func place(of finding: Finding) -> RegionPlace? {
    RegionPlace(of: finding.region, in: instances, orientations: orientations)
  }
}
