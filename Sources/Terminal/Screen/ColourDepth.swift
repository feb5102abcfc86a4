/// How many colours a terminal shows.
public enum ColourDepth: Sendable, Hashable, CaseIterable {
  /// None: bold, reverse and underline only.
  case mono
  case eight
  case sixteen
  case palette256

  /// The depth for terminfo's `colors`.
  public init(colours: Int) {
    self =
      switch colours {
      case 256...: .palette256
      case 16...: .sixteen
      case 8...: .eight
      default: .mono
      }
  }
}
