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
  private let patience: TimeInterval
  private let isSpool: Bool
  private let watch: (@Sendable (IngestStep, Duration) -> Void)?
  private let now: @Sendable () -> Date

  /// Larger files are refused; the largest radiographs take some tens of MiB.
  static let largestFile = 1 << 30

  /// Takes images into a store.
  ///
  /// - Parameters:
  ///   - store: Where rows and bytes go.
  ///   - pictures: What makes pictures of the bytes.
  ///   - source: Where they come from, as the worklist shows it.
  ///   - consent: Whether the patients allow their studies to become lessons.
  ///   - patience: Seconds after its last image from which a study counts as complete.
  ///   - isSpool: Whether the files lie in a spool of ours: they are whole, and nobody changes them
  ///     any more.
  ///   - watch: Is told of each step how long it took.
  ///   - now: Tells the time.
  public init(
    store: Store, pictures: PictureShelf, source: String = "import",
    consent: Consent = .notGiven, patience: TimeInterval = 0, isSpool: Bool = false,
    watch: (@Sendable (IngestStep, Duration) -> Void)? = nil,
    now: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.store = store
    self.pictures = pictures
    self.source = source
    self.consent = consent
    self.patience = patience
    self.isSpool = isSpool
    self.watch = watch
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
  /// As many files are read at once as there are processors, and they are stored in the order of
  /// the walk, so that of two that contradict each other the same one is kept every time.
  func take(
    _ walk: FileWalk, progress: @Sendable (Int, Int) -> Void = { _, _ in }
  ) async throws -> [Taken] {
    var waiting = walk.items.enumerated().makeIterator()
    var read: [Int: ReadFile?] = [:]
    var batch: [ReadFile] = []
    var taken: [Taken] = []
    var (done, running) = (0, 0)
    try await withThrowingTaskGroup(of: (Int, ReadFile?).self) { group in
      func readNext() {
        guard let (index, item) = waiting.next() else { return }
        let arrived = now()
        running += 1
        group.addTask { (index, try await self.read(item, arrived: arrived)) }
      }
      for _ in 0..<max(2, ProcessInfo.processInfo.activeProcessorCount) { readNext() }
      while let (index, file) = try await group.next() {
        running -= 1
        read.updateValue(file, forKey: index)
        while let next = read.removeValue(forKey: done) {
          if let next { batch.append(next) }
          done += 1
        }
        readNext()
        if batch.count >= Self.batch || running == 0 {
          taken += try save(batch)
          batch = []
          progress(done, walk.items.count)
        }
      }
    }
    return taken
  }

  /// Files in one transaction: each waits for the disk.
  private static let batch = 16

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
        for taken in try save([file]) where taken.hasPicture {
          if let digest = taken.digest { known.append((row, digest)) }
        }
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

  private func save(_ files: [ReadFile]) throws -> [Taken] {
    let outcomes = try measured(.save) {
      try store.save(files.map(\.intake), at: now(), patience: patience)
    }
    return zip(files, outcomes).map { file, outcome in
      func taken(_ fate: Taken.Fate, as study: Study.ID) -> Taken {
        Taken(url: file.url, fate: fate, study: study, digest: file.digest)
      }
      if let conflict = outcome.conflicts.first {
        return taken(.refused(conflict.reason.text), as: conflict.row)
      }
      let study = file.intake.study.uid
      if file.intake.instances.first?.format == .document { return taken(.document, as: study) }
      if let refusal = file.intake.instances.first?.refusal {
        return taken(.refused(refusal), as: study)
      }
      return taken(outcome.added > 0 ? .added : .unchanged, as: study)
    }
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
    let kept: (digest: String, bytes: Int)
    do {
      kept = try measured(.keep) { try store.keep(item.url, settled: isSpool) }
    } catch StoreError.notFound {
      return nil
    } catch StoreError.notPermitted(item.url.path) {
      return unread("The file cannot be opened and was not stored; check its permissions.")
    }
    let file = ArrivedFile(
      digest: kept.digest, bytes: kept.bytes, arrived: arrived, source: source, consent: consent)
    let isPNG = pictures.isPNG(kept.digest)
    return ReadFile(
      url: item.url, digest: kept.digest,
      intake: isPNG
        ? try await picture(kept.digest, file, item.naming)
        : try await object(kept.digest, file))
  }

  private func picture(
    _ digest: String, _ file: ArrivedFile, _ naming: ManifestNames.Naming
  ) async throws -> Store.Intake {
    switch naming {
    case .nothing(let reason): return file.refused(reason, format: .png)
    case .row(let row):
      do {
        let image = try await pictures.picture(ofPNG: digest)
        return file.picture(row, showing: image)
      } catch {
        return file.refused(try reason(error), format: .png)
      }
    }
  }

  private func object(_ digest: String, _ file: ArrivedFile) async throws -> Store.Intake {
    let header: DICOMFile
    do { header = try measured(.header) { try pictures.header(of: digest) } } catch {
      return file.refused(try reason(error))
    }
    let (picture, refusal) = try await look(at: header, digest)
    let isDocument =
      header.pixels == nil && DocumentClass.contains(header.dataSet.uid(.sopClassUID))
    let read = StudyHeader(
      header, digest: digest,
      content: ContentDigest.of(header, showing: picture, in: try store.objectURL(digest)),
      bytes: file.bytes, source: sender(header) ?? source, consent: consent,
      arrived: file.arrived, isDocument: isDocument, picture: picture, refusal: refusal)
    return Store.Intake(
      patient: read.patient, study: read.study, series: [read.series], instances: [read.instance])
  }

  /// The picture of an object, or why it has none.
  private func look(
    at header: DICOMFile, _ digest: String
  ) async throws -> (picture: GreyImage?, refusal: String?) {
    if let stated = header.meta.uid(.mediaStorageSOPInstanceUID), isSpool,
      stated != header.dataSet.uid(.sopInstanceUID)
    {
      return (nil, "It was sent under another SOP Instance UID than it has; ask its sender why.")
    }
    guard header.pixels != nil else {
      return (nil, "The object holds no image (\(header.dataSet.objectName)); nothing to show.")
    }
    let start = ContinuousClock.now
    defer { watch?(.decode, ContinuousClock.now - start) }
    do {
      return (try await pictures.picture(ofDICOM: digest, header: header, frame: 0), nil)
    } catch {
      return (nil, try reason(error))
    }
  }

  /// Who sent an object that our receiver took: it wrote that down (PS3.10 7.1).
  private func sender(_ header: DICOMFile) -> String? {
    isSpool && source == SpoolStage.receiver
      ? header.meta.string(.sourceApplicationEntityTitle) : nil
  }

  private func measured<Value>(
    _ step: IngestStep, _ work: () throws -> Value
  ) throws -> Value {
    let start = ContinuousClock.now
    defer { watch?(step, ContinuousClock.now - start) }
    return try work()
  }

  /// What is wrong with a file; thrown on if it is this machine that cannot read it.
  private func reason(_ error: any Error) throws -> String {
    if let error = error as? ImagingError, error.isOfThisMachine { throw error }
    return "\(error)"
  }
}

/// What is done with each file, in this order.
public enum IngestStep: String, Sendable, CaseIterable {
  /// Its bytes are measured and stored.
  case keep
  /// Its header is read here.
  case header
  /// Its pixels are decoded in the jail and turned into a picture.
  case decode
  /// Its row is stored, with those of other files.
  case save
}

/// What became of one file.
struct Taken: Sendable {
  enum Fate: Sendable {
    case added, unchanged
    /// It is stored and never has a picture.
    case document
    case refused(String)
  }

  let url: URL
  let fate: Fate
  /// The row that shows it.
  let study: Study.ID
  /// Names its bytes in the store; none if they are not there.
  let digest: String?

  var hasPicture: Bool {
    switch fate {
    case .added, .unchanged: true
    case .document, .refused: false
    }
  }
}

extension ImagingError {
  /// Says nothing of the image: another try may read it.
  var isOfThisMachine: Bool {
    self == .decoderMissing || self == .unreadableFile || self == .interrupted
  }
}

extension DataSet {
  /// What the object is, for people: its modality, or that it has none.
  fileprivate var objectName: String {
    guard let modality = string(.modality), !modality.isEmpty else { return "no modality" }
    return "modality \(modality.prefix(16))"
  }
}
