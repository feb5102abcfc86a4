/// Something about one image that its reader should know, and that may keep a model from calling
/// it normal.
public struct Caveat: Codable, Sendable, Hashable {
  /// What it is about.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// Some detail was given up when the image was compressed.
    case lossy
    /// There are too few pixels to see what matters.
    case tiny
    /// There is next to nothing in the picture.
    case blank
    /// The image lies on its side or its head, is mirrored, or does not say how it lies.
    case orientation
    /// The pixels are not square, so the picture is squeezed.
    case shape
    /// A picture of a picture: a scanned film, a screenshot.
    case secondaryCapture
    /// What the detector measured, before it was made a picture for people.
    case unprocessed
    /// Letters may be part of the pixels.
    case burnedInText
    /// The file draws something over the image that is not shown.
    case overlay
    /// The file says something about its pixels that is not followed here.
    case display

    /// Whether a model may not call the image normal: what it cannot see well it cannot rule out.
    public var preventsNormal: Bool {
      switch self {
      case .overlay, .display: false
      case .lossy, .burnedInText: true
      case .tiny, .blank, .orientation, .shape, .secondaryCapture, .unprocessed: true
      }
    }

    /// Whether a model may not look at all: it has learned from no such picture, so that its
    /// suspicion would mean as little as its silence.
    public var preventsJudging: Bool {
      preventsNormal && self != .lossy && self != .burnedInText
    }
  }

  public let kind: Kind
  /// One sentence without patient data.
  public let text: String

  public init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }

  /// As its kind.
  public var preventsNormal: Bool { kind.preventsNormal }
  /// As its kind.
  public var preventsJudging: Bool { kind.preventsJudging }
}
