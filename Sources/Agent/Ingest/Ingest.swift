import Crypto
import DICOM
public import Foundation
import Imaging
public import Radiology
public import Store
import Triage

/// Takes images into the store: every file becomes a study with a picture, or a row that says why
/// there is none.
public struct Ingest: Sendable {
  private let store: Store
  private let pictures: PictureShelf
  private let source: String
  private let consent: Consent
  private let now: @Sendable () -> Date

  /// Larger files are refused; the largest radiographs take some tens of MiB.
  static let largestFile = 1 << 30

  /// Takes images into a store.
  ///
  /// `source` is where they come from, as the worklist shows it; `consent` says whether the
  /// patients allow their studies to become lessons.
  public init(
    store: Store, pictures: PictureShelf, source: String = "import",
    consent: Consent = .notGiven, now: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.store = store
    self.pictures = pictures
    self.source = source
    self.consent = consent
    self.now = now
  }

  /// Takes files and folders; taking them twice changes nothing.
  ///
  /// `progress` is told after each file how many were taken of how many.
  /// - Returns: what became of the files.
  /// - Throws: ``AgentError/nothingThere(path:)`` for a path that does not exist, `StoreError` when
  ///   the store cannot take more; what was taken until then stays. `CancellationError`.
  public func take(
    _ paths: [URL], progress: @Sendable (Int, Int) -> Void = { _, _ in }
  ) async throws -> IngestSummary {
    let walk = try FileWalk(paths)
    var summary = IngestSummary()
    summary.passedOver = walk.passedOver
    summary.complaints = walk.complaints
    // Two at a time: one is decoded in its jail while the other is read and stored.
    var waiting = walk.items.makeIterator()
    try await withThrowingTaskGroup(of: Taken.self) { group in
      for _ in 0..<2 {
        if let item = waiting.next() { group.addTask { try await taken(item) } }
      }
      while let taken = try await group.next() {
        summary.count(taken)
        progress(summary.files, walk.items.count)
        if let item = waiting.next() { group.addTask { try await self.taken(item) } }
      }
    }
    return summary
  }

  /// Takes some pictures of a labelled folder.
  ///
  /// - Returns: what the manifest says of each picture that could be read, with its digest.
  func takeLabelled(
    _ data: LabelledFolder, rows: [Manifest.Row], progress: @Sendable (Int, Int) -> Void
  ) async throws -> [(row: Manifest.Row, digest: String)] {
    var known: [(row: Manifest.Row, digest: String)] = []
    for (index, row) in rows.enumerated() {
      let item = FileWalk.Item(url: data.folder.appending(path: row.file), row: row)
      let taken = try await taken(item)
      if let digest = taken.digest { known.append((row, digest)) }
      progress(index + 1, rows.count)
    }
    return known
  }

  private func taken(_ item: FileWalk.Item) async throws -> Taken {
    try Task.checkCancellation()
    let name = item.url.lastPathComponent
    let bytes: Data
    do {
      let size = try item.url.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
      guard size <= Self.largestFile else {
        return Taken(file: name, fate: .refused("The file is larger than 1 GiB."))
      }
      bytes = try Data(contentsOf: item.url)
    } catch {
      return Taken(file: name, fate: .refused("The file cannot be opened; check its permissions."))
    }
    let digest = try store.keep(bytes)
    let intake = await intake(bytes, digest: digest, row: item.row)
    let outcome = try store.save(intake, at: now())
    let study = intake.study.uid
    if outcome.conflicting > 0 {
      return Taken(
        file: name,
        fate: .refused("Its identifiers are those of another stored object; the first was kept."))
    }
    if let refusal = intake.instances.first?.refusal {
      return Taken(file: name, fate: .refused(refusal), study: study)
    }
    return Taken(
      file: name, fate: outcome.added > 0 ? .added : .unchanged, study: study, digest: digest)
  }

  private func intake(_ bytes: Data, digest: String, row: Manifest.Row?) async -> Store.Intake {
    let file = StoredFile(digest: digest, bytes: bytes.count, arrived: now())
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
      guard let row else {
        return file.refused("No manifest.csv beside this picture names it.", format: .png, by: self)
      }
      do {
        let image = try await pictures.picture(ofPNG: digest)
        return file.picture(row, columns: image.columns, rows: image.rows, source: source, consent)
      } catch {
        return file.refused("\(error)", format: .png, by: self)
      }
    }
    let header: DICOMFile
    do { header = try pictures.header(of: digest) } catch {
      return file.refused("\(error)", format: .unknown, by: self)
    }
    var refusal: String?
    if header.pixels == nil {
      refusal = "The object holds no image (\(header.dataSet.objectName)); nothing to show."
    } else {
      do { _ = try await pictures.picture(ofDICOM: digest, header: header, frame: 0) } catch {
        refusal = "\(error)"
      }
    }
    let read = StudyHeader(
      header, digest: digest, bytes: bytes.count, source: source, consent: consent,
      arrived: file.arrived, refusal: refusal)
    return Store.Intake(
      patient: read.patient, study: read.study, series: [read.series], instances: [read.instance])
  }

  fileprivate var provenance: (source: String, consent: Consent) { (source, consent) }
}

/// What became of one file.
struct Taken: Sendable {
  enum Fate: Sendable {
    case added, unchanged
    case refused(String)
  }

  let file: String
  let fate: Fate
  var study: Study.ID?
  var digest: String?
}

extension IngestSummary {
  fileprivate mutating func count(_ taken: Taken) {
    if let study = taken.study { studies.insert(study) }
    switch taken.fate {
    case .added: added += 1
    case .unchanged: unchanged += 1
    case .refused(let reason): refused.append(Refusal(file: taken.file, reason: reason))
    }
  }
}

extension DataSet {
  /// What the object is, for people: its modality, or that it has none.
  fileprivate var objectName: String {
    guard let modality = string(.modality), !modality.isEmpty else { return "no modality" }
    return "modality \(modality.prefix(16))"
  }
}

/// A file in the store, on its way to a study.
private struct StoredFile {
  let digest: String
  let bytes: Int
  let arrived: Date

  /// A study that says why there is no picture.
  func refused(_ reason: String, format: Instance.Format, by ingest: Ingest) -> Store.Intake {
    let (source, consent) = ingest.provenance
    let patient = Patient(identifier: "", name: "", fallback: uid(.study))
    return intake(
      patient: patient,
      study: Study(
        uid: uid(.study), patient: patient.id, description: "Unreadable file", source: source,
        arrived: arrived, consent: consent),
      columns: 0, rows: 0, format: format, refusal: reason)
  }

  /// A study of one picture, as the manifest describes it.
  func picture(
    _ row: Manifest.Row, columns: Int, rows: Int, source: String, _ consent: Consent
  ) -> Store.Intake {
    let patient = Patient(
      identifier: row.patient, issuer: row.site, name: row.patient, fallback: uid(.study))
    return intake(
      patient: patient,
      study: Study(
        uid: uid(.study), patient: patient.id, description: row.site, modality: row.kind.modality,
        bodyPart: row.kind.bodyPart, view: row.view, age: row.age, source: source,
        arrived: arrived, isSynthetic: row.source == "synthetic", consent: consent),
      columns: columns, rows: rows, format: .png, refusal: nil)
  }

  private func intake(
    patient: Patient, study: Study, columns: Int, rows: Int, format: Instance.Format,
    refusal: String?
  ) -> Store.Intake {
    Store.Intake(
      patient: patient, study: study,
      series: [Series(uid: uid(.series), study: study.uid, modality: study.modality)],
      instances: [
        Instance(
          uid: uid(.instance), series: uid(.series), study: study.uid, rows: rows,
          columns: columns, format: format, digest: digest, bytes: bytes, refusal: refusal)
      ])
  }

  private func uid(_ role: Radiology.UID.Role) -> String {
    Radiology.UID.make(digest: digest, role: role)
  }
}

extension Manifest.Row {
  /// What kind of picture it is: as stated, else as its view tells (PS3.3 C.8.11.5 and C.8.11.7).
  var kind: (modality: String, bodyPart: String) {
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
