import DICOM
public import Foundation
import Imaging
public import Radiology
public import Store
import Triage

/// Takes images into the store: every file becomes a study with a picture, or a row that says why
/// there is none.
public struct Ingest: Sendable {
  let store: Store
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
  /// - Throws: ``AgentError/nothingThere(path:)`` for a path that does not exist,
  ///   ``AgentError/nothingToTake(paths:)`` if no file there is an image by its name; `StoreError`
  ///   when the store cannot take more; what was taken until then stays. `CancellationError`.
  public func take(
    _ paths: [URL], progress: @Sendable (Int, Int) -> Void = { _, _ in }
  ) async throws -> IngestSummary {
    let walk = try FileWalk(paths)
    guard !walk.items.isEmpty else { throw AgentError.nothingToTake(paths: paths.map(\.path)) }
    return IngestSummary(of: try await take(walk, progress: progress), in: walk)
  }

  /// Takes what was found by walking, and tells of each file what became of it.
  ///
  /// Files are read two at a time and stored in the order of the walk, so that of two that
  /// contradict each other the same one is kept every time.
  func take(
    _ walk: FileWalk, progress: @Sendable (Int, Int) -> Void = { _, _ in }
  ) async throws -> [Taken] {
    var waiting = walk.items.enumerated().makeIterator()
    var read: [Int: ReadFile?] = [:]
    var taken: [Taken] = []
    var done = 0
    try await withThrowingTaskGroup(of: (Int, ReadFile?).self) { group in
      func readNext() {
        guard let (index, item) = waiting.next() else { return }
        let arrived = now()
        group.addTask { (index, try await self.read(item, arrived: arrived)) }
      }
      for _ in 0..<2 { readNext() }
      while let (index, file) = try await group.next() {
        read.updateValue(file, forKey: index)
        while let next = read.removeValue(forKey: done) {
          if let next { taken.append(try save(next)) }
          done += 1
          progress(done, walk.items.count)
        }
        readNext()
      }
    }
    return taken
  }

  /// Takes some pictures of a labelled folder.
  ///
  /// - Returns: what the manifest says of each picture that could be read, with its digest.
  func takeLabelled(
    _ data: LabelledFolder, rows: [Manifest.Row], progress: @Sendable (Int, Int) -> Void
  ) async throws -> [(row: Manifest.Row, digest: String)] {
    var known: [(row: Manifest.Row, digest: String)] = []
    for (index, row) in rows.enumerated() {
      let item = FileWalk.Item(url: data.folder.appending(path: row.file), naming: .row(row))
      if let file = try await read(item, arrived: now()) {
        let taken = try save(file)
        if taken.hasPicture, let digest = taken.digest { known.append((row, digest)) }
      }
      progress(index + 1, rows.count)
    }
    return known
  }

  /// A file that was read, and what there is to store of it.
  private struct ReadFile {
    let url: URL
    let digest: String?
    let intake: Store.Intake
  }

  private func save(_ file: ReadFile) throws -> Taken {
    let outcome = try store.save(file.intake, at: now())
    func taken(_ fate: Taken.Fate, as study: Study.ID) -> Taken {
      Taken(url: file.url, fate: fate, study: study, digest: file.digest)
    }
    if let conflict = outcome.conflicts.first {
      return taken(.refused(conflict.reason.text), as: conflict.row)
    }
    let study = file.intake.study.uid
    if let refusal = file.intake.instances.first?.refusal {
      return taken(.refused(refusal), as: study)
    }
    return taken(outcome.added > 0 ? .added : .unchanged, as: study)
  }

  /// Keeps a file's bytes and looks at them; decoding happens in the jail.
  ///
  /// - Returns: none if the file is gone by now.
  private func read(_ item: FileWalk.Item, arrived: Date) async throws -> ReadFile? {
    try Task.checkCancellation()
    let size = (try? item.url.resourceValues(forKeys: [.fileSizeKey]))?.fileSize ?? 0
    func unread(_ reason: String) -> ReadFile {
      let file = ArrivedFile(
        unread: item.url, bytes: size, arrived: arrived, source: source, consent: consent)
      return ReadFile(url: item.url, digest: nil, intake: file.refused(reason))
    }
    guard size <= Self.largestFile else {
      return unread("The file is larger than 1 GiB and was not stored.")
    }
    guard let bytes = try? Data(contentsOf: item.url) else {
      guard FileManager.default.fileExists(atPath: item.url.path) else { return nil }
      return unread("The file cannot be opened and was not stored; check its permissions.")
    }
    let digest = try store.keep(bytes)
    let file = ArrivedFile(
      digest: digest, bytes: bytes.count, arrived: arrived, source: source, consent: consent)
    let isPNG = bytes.starts(with: [0x89, 0x50, 0x4E, 0x47])
    return ReadFile(
      url: item.url, digest: digest,
      intake: isPNG
        ? try await picture(digest, file, item.naming) : try await object(digest, file))
  }

  private func picture(
    _ digest: String, _ file: ArrivedFile, _ naming: ManifestNames.Naming
  ) async throws -> Store.Intake {
    switch naming {
    case .nothing(let reason): return file.refused(reason, format: .png)
    case .row(let row):
      do {
        let image = try await pictures.picture(ofPNG: digest)
        return file.picture(row, columns: image.columns, rows: image.rows)
      } catch {
        return file.refused(try reason(error), format: .png)
      }
    }
  }

  private func object(_ digest: String, _ file: ArrivedFile) async throws -> Store.Intake {
    let header: DICOMFile
    do { header = try pictures.header(of: digest) } catch { return file.refused("\(error)") }
    var refusal: String?
    if header.pixels == nil {
      refusal = "The object holds no image (\(header.dataSet.objectName)); nothing to show."
    } else {
      do { _ = try await pictures.picture(ofDICOM: digest, header: header, frame: 0) } catch {
        refusal = try reason(error)
      }
    }
    let read = StudyHeader(
      header, digest: digest, bytes: file.bytes, source: source, consent: consent,
      arrived: file.arrived, refusal: refusal)
    return Store.Intake(
      patient: read.patient, study: read.study, series: [read.series], instances: [read.instance])
  }

  /// What is wrong with a file; thrown on if it is this machine that cannot read it.
  private func reason(_ error: any Error) throws -> String {
    if let error = error as? ImagingError, error.isOfThisMachine { throw error }
    return "\(error)"
  }
}

/// What became of one file.
struct Taken: Sendable {
  enum Fate: Sendable {
    case added, unchanged
    case refused(String)
  }

  let url: URL
  let fate: Fate
  /// The row that shows it.
  let study: Study.ID
  /// Names its bytes in the store; none if they are not there.
  let digest: String?

  var hasPicture: Bool {
    if case .refused = fate { false } else { true }
  }
}

extension ImagingError {
  /// Says nothing of the image: another try may read it.
  var isOfThisMachine: Bool { self == .decoderMissing || self == .unreadableFile }
}

extension DataSet {
  /// What the object is, for people: its modality, or that it has none.
  fileprivate var objectName: String {
    guard let modality = string(.modality), !modality.isEmpty else { return "no modality" }
    return "modality \(modality.prefix(16))"
  }
}
