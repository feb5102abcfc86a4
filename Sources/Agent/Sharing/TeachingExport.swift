import DICOM
public import Foundation
import Imaging
public import Radiology
public import Store

/// One study for teaching: its images without identity, and what model and reader said of them.
public struct TeachingExport: Sendable {
  private let store: Store
  private let deidentifier: Deidentifier

  /// - Throws: what opening the site's secret throws.
  public init(store: Store) throws {
    self.store = store
    deidentifier = try Deidentifier(of: store)
  }

  /// Writes the documents of a study; what is there already stays, and has to be the same.
  ///
  /// - Returns: where they lie, the JSON last.
  /// - Throws: what ``documents(of:)`` throws, and ``AgentError/notWritten(path:reason:)``.
  public func write(_ study: Study.ID, into folder: URL) throws -> [URL] {
    let documents = try documents(of: study)
    // All are looked at before the first is written.
    for document in documents where document.presence(in: folder) == .other {
      throw AgentError.notWritten(
        path: folder.appending(path: document.fileName).path,
        reason: "something else has that name, which stays")
    }
    return try documents.map { try $0.write(into: folder) }
  }

  /// The documents of a study: one image each, then what was said of them as JSON.
  ///
  /// A study goes whole or not at all. Notes, names of readers and dates of decisions stay here.
  /// - Throws: ``AgentError/notForTeaching(reason:)`` if an image has to stay.
  public func documents(of study: Study.ID) throws -> [Document] {
    var images: [(instance: Instance.ID, output: Deidentifier.Output)] = []
    for instance in try store.instances(of: study) {
      do {
        if let refusal = instance.refusal { throw AgentError.noPicture(refusal) }
        let place = try store.objectURL(instance.digest)
        images.append((instance.uid, try deidentifier.output(ofContentsOf: place)))
      } catch {
        throw AgentError.notForTeaching(reason: "\(error)")
      }
    }
    guard !images.isEmpty else { throw AgentError.notForTeaching(reason: "It has no images.") }
    let pictures = images.map { Document(deidentified: $0.output) }
    let files = Dictionary(
      uniqueKeysWithValues: zip(images.map(\.instance), pictures.map(\.fileName)))
    let teaching = TeachingCase(
      files: files, triage: try store.triage(of: study), review: try store.review(of: study))
    let name = images[0].output.study ?? images[0].output.instance
    return pictures + [Document(fileName: "\(name).json", bytes: try teaching.json())]
  }
}
