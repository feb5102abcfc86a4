import Crypto
import Foundation
import Imaging
import Radiology
import Store

/// A file on its way to a study: identifiers made of what it is, for what has none of its own.
struct ArrivedFile {
  /// Hexadecimal; what the identifiers are made of.
  private let name: String
  /// Names its bytes in the store; empty if they are not there.
  private let digest: String
  let bytes: Int
  let arrived: Date
  private let source: String
  private let consent: Consent

  /// A file whose bytes are in the store.
  init(
    digest: String, bytes: Int, arrived: Date, source: String, consent: Consent
  ) {
    name = digest
    self.digest = digest
    self.bytes = bytes
    self.arrived = arrived
    self.source = source
    self.consent = consent
  }

  /// A file that was not read; the same file at the same place is the same study.
  init(unread file: URL, bytes: Int, arrived: Date, source: String, consent: Consent) {
    let changed = try? file.resourceValues(forKeys: [.contentModificationDateKey])
      .contentModificationDate?.timeIntervalSince1970
    let words = "\(file.standardizedFileURL.path) \(bytes) \(changed ?? 0)"
    name = SHA256.hash(data: Data(words.utf8)).hexadecimal
    digest = ""
    self.bytes = bytes
    self.arrived = arrived
    self.source = source
    self.consent = consent
  }

  /// A study that says why there is no picture.
  func refused(_ reason: String, format: Instance.Format = .unknown) -> Store.Intake {
    let patient = Patient(identifier: "", name: "", fallback: uid(.study))
    return intake(
      patient: patient,
      study: Study(
        uid: uid(.study), patient: patient.id, description: "Unreadable file", source: source,
        arrived: arrived, consent: consent),
      columns: 0, rows: 0, format: format, refusal: reason)
  }

  /// A study of one picture, as the manifest describes it.
  func picture(_ row: Manifest.Row, showing image: GreyImage) -> Store.Intake {
    let patient = Patient(
      identifier: row.patient, issuer: row.site, name: row.patient, fallback: uid(.study))
    return intake(
      patient: patient,
      study: Study(
        uid: uid(.study), patient: patient.id, description: row.site, modality: row.kind.modality,
        bodyPart: row.kind.bodyPart, view: row.view, age: row.age, source: source,
        arrived: arrived, isSynthetic: row.source == "synthetic", consent: consent),
      columns: image.columns, rows: image.rows, format: .png, refusal: nil,
      caveats: Caveats(of: image, bodyPart: row.kind.bodyPart, view: row.view).list)
  }

  private func intake(
    patient: Patient, study: Study, columns: Int, rows: Int, format: Instance.Format,
    refusal: String?, caveats: [Caveat] = []
  ) -> Store.Intake {
    Store.Intake(
      patient: patient, study: study,
      series: [Series(uid: uid(.series), study: study.uid, modality: study.modality)],
      instances: [
        Instance(
          uid: uid(.instance), series: uid(.series), study: study.uid, modality: study.modality,
          bodyPart: study.bodyPart, view: study.view, rows: rows, columns: columns, format: format,
          digest: digest, content: digest, bytes: bytes, refusal: refusal, caveats: caveats,
          source: source)
      ])
  }

  private func uid(_ role: UID.Role) -> String { UID.make(digest: name, role: role) }
}

extension Manifest.Row {
  /// What kind of picture it is: as stated, else as its view tells (PS3.3 C.8.11.5 and C.8.11.7).
  fileprivate var kind: (modality: String, bodyPart: String) {
    let byView: (modality: String, bodyPart: String) =
      switch view.uppercased() {
      case "PA", "AP", "LL", "RL": ("DX", "CHEST")
      case "MLO", "CC", "ML", "LM": ("MG", "BREAST")
      default: ("", "")
      }
    return (
      modality.isEmpty ? byView.modality : modality.uppercased(),
      bodyPart.isEmpty ? byView.bodyPart : bodyPart.uppercased()
    )
  }
}
