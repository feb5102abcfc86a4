import Foundation
public import Radiology

extension Store {
  /// An object whose identifiers belong to something else that is stored.
  public struct Conflict: Sendable, Hashable {
    /// What it contradicts.
    public enum Reason: Sendable, Hashable {
      case otherContent, otherPatient

      /// One sentence without patient data.
      public var text: String {
        switch self {
        case .otherContent:
          "An object with the same identifiers and other content is stored already; that one was "
            + "kept."
        case .otherPatient:
          "Its study is stored for another patient already; that one was kept. See whose image "
            + "this is."
        }
      }
    }

    /// The SOP Instance UID it arrived with.
    public let instance: Instance.ID
    /// The study under which the worklist shows it.
    public let row: Study.ID
    public let reason: Reason
  }
}

extension Store.Intake {
  /// One of its objects as a failed study of its own, for the patient it names.
  ///
  /// The identifiers follow from content and patient, so that the same object arriving again is
  /// the same row. The accession number stays with the study that has it.
  func aside(_ instance: Instance, because reason: Store.Conflict.Reason) -> Store.Intake {
    let content = instance.content.isEmpty ? instance.digest : instance.content
    let words = "aside \(content) \(patient.id)"
    func uid(_ role: UID.Role) -> String {
      UID.make(digest: Store.digest(of: Data(words.utf8)), role: role)
    }
    return Store.Intake(
      patient: patient,
      study: Study(
        uid: uid(.study), patient: patient.id, date: study.date, time: study.time,
        description: "Refused file", priority: study.priority, source: study.source,
        arrived: study.arrived, isSynthetic: study.isSynthetic),
      series: [Series(uid: uid(.series), study: uid(.study))],
      instances: [
        Instance(
          uid: uid(.instance), series: uid(.series), study: uid(.study), format: .unknown,
          digest: instance.digest, content: instance.content, bytes: instance.bytes,
          refusal: reason.text, source: instance.source)
      ])
  }
}
