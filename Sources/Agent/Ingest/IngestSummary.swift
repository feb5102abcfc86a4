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
  public internal(set) var added = 0
  /// Files the store held already.
  public internal(set) var unchanged = 0
  public internal(set) var refused: [Refusal] = []
  /// Files of a folder that are no images by their name, for example a text.
  public internal(set) var passedOver = 0
  /// Sentences about manifests.
  public internal(set) var complaints: [String] = []
  public internal(set) var studies: Set<Study.ID> = []

  public var files: Int { added + unchanged + refused.count }
  /// Not one file had a picture.
  public var isNothingRead: Bool { added + unchanged == 0 }

  public init() {}
}
