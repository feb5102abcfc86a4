import Foundation
public import Radiology

/// What became of a set of files.
public struct IngestSummary: Sendable {
  /// One file that is kept but shows no picture, and why.
  public struct Refusal: Sendable, Hashable {
    /// The file's own name, without its folder.
    public let file: String
    public let reason: String
  }

  /// Files with a picture that are new to the store.
  public private(set) var added = 0
  /// Files the store held already.
  public private(set) var unchanged = 0
  /// Reports, presentation states and the like: stored, without a picture.
  public private(set) var documents = 0
  public private(set) var refused: [Refusal] = []
  /// Files of a folder that are no images by their name, for example a text.
  public let passedOver: Int
  /// Pictures that a manifest names and that are not there.
  public let missing: [String]
  /// Sentences about manifests.
  public let complaints: [String]
  public private(set) var studies: Set<Study.ID> = []

  public var files: Int { added + unchanged + documents + refused.count }
  /// Not one file could be read.
  public var isNothingRead: Bool { added + unchanged + documents == 0 }

  init(of files: [Taken], in walk: FileWalk) {
    passedOver = walk.passedOver
    missing = walk.missing
    complaints = walk.complaints
    for file in files {
      studies.insert(file.study)
      switch file.fate {
      case .added: added += 1
      case .unchanged: unchanged += 1
      case .document: documents += 1
      case .refused(let reason):
        refused.append(Refusal(file: file.url.lastPathComponent, reason: reason))
      }
    }
  }
}
