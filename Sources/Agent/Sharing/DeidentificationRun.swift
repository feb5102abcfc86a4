public import DICOM
public import Foundation
import Imaging

/// Files and folders on their way out, each without identity or not at all.
public struct DeidentificationRun: Sendable {
  private let deidentifier: Deidentifier
  private let output: URL

  /// What came of it.
  public struct Summary: Sendable {
    /// Files that were written.
    public fileprivate(set) var written = 0
    /// Files that were there already, as they would be written now.
    public fileprivate(set) var unchanged = 0
    /// Files that have to stay, and why.
    public fileprivate(set) var refused: [Refusal] = []

    /// One file that was not written.
    public struct Refusal: Sendable {
      /// As the caller named it; the name may tell who it is about.
      public let file: String
      /// One sentence without patient data.
      public let reason: String
    }
  }

  public init(_ deidentifier: Deidentifier, into output: URL) {
    self.deidentifier = deidentifier
    self.output = output
  }

  /// Takes files, and folders recursively; one file after another is in memory.
  ///
  /// Each output is named by its new UID and owned by nobody but the caller. `progress` hears how
  /// many files of how many are done.
  /// - Throws: ``AgentError/nothingThere(path:)``, ``AgentError/nothingToTake(paths:)``, or what
  ///   writing throws; a file that cannot be made safe is no error.
  public func take(
    _ paths: [URL], progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws -> Summary {
    let walk = try FileWalk(paths)
    guard !walk.items.isEmpty else { throw AgentError.nothingToTake(paths: paths.map(\.path)) }
    var summary = Summary()
    for (index, item) in walk.items.enumerated() {
      switch Result(catching: { try deidentifier.output(ofContentsOf: item.url) }) {
      case .failure(let error):
        summary.refused.append(Summary.Refusal(file: item.url.path, reason: "\(error)"))
      case .success(let image):
        let document = Document(deidentified: image)
        switch document.presence(in: output) {
        case .absent:
          try document.write(into: output)
          summary.written += 1
        case .same: summary.unchanged += 1
        case .other:
          summary.refused.append(Summary.Refusal(file: item.url.path, reason: Self.taken))
        }
      }
      try progress(index + 1, walk.items.count)
    }
    return summary
  }

  private static let taken =
    "Another image with the same SOP Instance UID was written before, with other content; that one "
    + "stays."
}

extension Document {
  /// An image under a name that tells nothing.
  init(deidentified output: Deidentifier.Output) {
    self.init(fileName: output.instance + ".dcm", bytes: Data(output.bytes))
  }

  /// What has the document's name in a folder.
  enum Presence { case absent, same, other }

  func presence(in folder: URL) -> Presence {
    let place = folder.appending(path: fileName)
    guard FileManager.default.fileExists(atPath: place.path) else { return .absent }
    return (try? Data(contentsOf: place)) == bytes ? .same : .other
  }
}
