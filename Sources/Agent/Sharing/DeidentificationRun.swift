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
        let isNew = try Document(deidentified: image).writeOnce(into: output)
        if isNew { summary.written += 1 } else { summary.unchanged += 1 }
      }
      try progress(index + 1, walk.items.count)
    }
    return summary
  }
}

extension Document {
  /// An image under a name that tells nothing.
  init(deidentified output: Deidentifier.Output) {
    self.init(fileName: output.instance + ".dcm", bytes: Data(output.bytes))
  }

  /// Writes the document unless it is there already.
  ///
  /// - Returns: whether it was not there.
  /// - Throws: ``AgentError/notWritten(path:reason:)``, also if something else has its name.
  @discardableResult
  func writeOnce(into folder: URL) throws(AgentError) -> Bool {
    let place = folder.appending(path: fileName)
    guard FileManager.default.fileExists(atPath: place.path) else {
      try write(into: folder)
      return true
    }
    guard (try? Data(contentsOf: place)) == bytes else {
      throw .notWritten(path: place.path, reason: "another file has that name, which stays")
    }
    return false
  }
}
