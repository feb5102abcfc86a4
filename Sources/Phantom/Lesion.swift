/// Something abnormal put into a phantom, and where.
public struct Lesion: Sendable, Hashable {
  public enum Kind: String, Sendable, CaseIterable {
    case nodule, mass, consolidation, effusion
  }

  public let kind: Kind
  /// Pixels of the picture; the right and lower edges are exclusive.
  public let x0: Int
  public let y0: Int
  public let x1: Int
  public let y1: Int
}
