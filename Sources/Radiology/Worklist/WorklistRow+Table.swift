import Foundation

extension WorklistRow {
  /// What each cell of ``cells`` holds.
  public static let columns = [
    "study_uid", "accession", "patient_id", "patient_issuer", "patient_name", "birth_date", "sex",
    "study_date", "study_time", "modality", "body_part", "view", "description", "priority", "class",
    "probability", "threshold", "regions", "reason", "model", "judged", "state", "call", "reader",
    "signed", "owner", "instances", "readable", "expected", "late", "source", "arrived",
    "synthetic",
  ]

  /// Everything that says where the study stands and why, for a table that is kept.
  ///
  /// What is not known is empty. Dates and times of this program are in UTC as ISO 8601 has them,
  /// those of the study as its images do.
  public var cells: [String] {
    func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    func time(_ date: Date?) -> String { date?.formatted(.iso8601) ?? "" }
    return [
      study.uid, study.accession, patient.identifier, patient.issuer, patient.name,
      patient.birthDate ?? "", patient.sex ?? "", study.date ?? "", study.time ?? "",
      study.modality, study.bodyPart, study.view, study.description, study.priority.rawValue,
      triageClass?.rawValue ?? "", number(probability), number(triage?.threshold),
      "\(regions.count)", triage?.reason ?? "", triage?.model ?? "", time(triage?.made),
      state.rawValue, review?.call?.rawValue ?? "", review?.reader ?? "", time(signed),
      owner?.reader ?? "", "\(instances)", "\(readable)", expected.map { "\($0)" } ?? "",
      "\(late)", study.source, time(study.arrived), study.isSynthetic ? "true" : "false",
    ]
  }
}
