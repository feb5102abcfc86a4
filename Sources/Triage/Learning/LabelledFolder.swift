public import Foundation
import Imaging
public import Radiology

/// A folder of pictures and the `manifest.csv` that says what they show.
public struct LabelledFolder: Sendable {
  public let folder: URL
  public let manifest: Manifest

  /// Labelled images, and what had to be left out.
  public struct Contents: Sendable {
    /// In the manifest's order.
    public let images: [LabelledImage]
    /// One sentence for each picture or row that could not be used.
    public let complaints: [String]
  }

  /// - Throws: ``TriageError/folderUnreadable(_:)`` without a usable manifest.
  public init(folder: URL) throws(TriageError) {
    self.folder = folder
    let file = folder.appending(path: "manifest.csv")
    guard let bytes = try? Data(contentsOf: file) else {
      throw .folderUnreadable("its manifest.csv is missing or cannot be read.")
    }
    do { manifest = try Manifest(parsing: String(decoding: bytes, as: UTF8.self)) } catch {
      throw .folderUnreadable(error.description)
    }
  }

  /// Sites in the manifest, in order of their names.
  public var sites: [String] { Set(manifest.rows.map(\.site)).sorted() }

  /// Reads and prepares the labelled pictures, on all processors.
  ///
  /// A picture that cannot be used is left out with a complaint.
  /// - Parameters:
  ///   - parts: which parts of the data; all rows, also those of no part, where nil.
  ///   - sites: which sites; all where nil.
  ///   - preprocessing: that of the model to be trained or evaluated.
  ///   - progress: called after each picture with pictures done and pictures to do.
  /// - Returns: the images in the manifest's order, and the complaints.
  /// - Throws: ``TriageError/folderUnreadable(_:)`` if no picture can be used, or
  ///   `CancellationError` if the task was cancelled.
  @concurrent
  public func contents(
    parts: Set<Lesson.Part>? = nil, sites: Set<String>? = nil,
    preparedBy preprocessing: Preprocessing,
    progress: @Sendable (Int, Int) -> Void = { _, _ in }
  ) async throws -> Contents {
    let rows = manifest.rows.filter { row in
      row.label != nil && (parts.map { row.split.map($0.contains) ?? false } ?? true)
        && (sites?.contains(row.site) ?? true)
    }
    let workers = max(1, ProcessInfo.processInfo.activeProcessorCount)
    var results = [Result<LabelledImage, TriageError>?](repeating: nil, count: rows.count)
    try await withThrowingTaskGroup(
      of: (Int, Result<LabelledImage, TriageError>).self
    ) { group in
      var next = 0
      var done = 0
      func startOne() {
        guard next < rows.count else { return }
        let (index, row) = (next, rows[next])
        group.addTask { (index, image(row, preprocessing)) }
        next += 1
      }
      for _ in 0..<workers { startOne() }
      while let (index, result) = try await group.next() {
        try Task.checkCancellation()
        results[index] = result
        done += 1
        progress(done, rows.count)
        startOne()
      }
    }
    var images: [LabelledImage] = []
    var complaints = manifest.complaints
    for case .some(let result) in results {
      switch result {
      case .success(let image): images.append(image)
      case .failure(let error): complaints.append(error.description)
      }
    }
    guard !images.isEmpty else {
      throw TriageError.folderUnreadable(
        complaints.last ?? "no row has a label and the wanted site and split.")
    }
    return Contents(images: images, complaints: complaints)
  }

  private func image(
    _ row: Manifest.Row, _ preprocessing: Preprocessing
  ) -> Result<LabelledImage, TriageError> {
    Result { () throws(TriageError) in
      do {
        let bytes = try Data(contentsOf: folder.appending(path: row.file))
        return try LabelledImage(
          GreyImage.read(png: [UInt8](bytes)),
          isSuspicious: row.label == .suspicious, boxes: row.boxes,
          weight: LabelTrust.weight(ofSource: row.labelSource), site: row.site,
          patient: row.patient.isEmpty ? row.file : row.patient, preparedBy: preprocessing)
      } catch let error as TriageError {
        throw .pictureUnusable(file: row.file, reason: error.description)
      } catch let error as ImagingError {
        throw .pictureUnusable(file: row.file, reason: error.description)
      } catch {
        throw .pictureUnusable(file: row.file, reason: "the file cannot be read.")
      }
    }
  }
}
