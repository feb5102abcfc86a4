/// Something the mouse did over a cell.
public struct MouseEvent: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    case press
    case release
    /// Moved with a button held.
    case drag
    case wheelUp
    case wheelDown
  }

  public enum Button: Sendable, Hashable {
    case left
    case middle
    case right
    /// The wheel, or a release that does not say which.
    case none
  }

  public struct Modifiers: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let shift = Modifiers(rawValue: 4)
    public static let alt = Modifiers(rawValue: 8)
    public static let control = Modifiers(rawValue: 16)
  }

  public var kind: Kind
  public var button: Button
  public var position: Position
  public var modifiers: Modifiers

  public var x: Int { position.x }
  public var y: Int { position.y }

  public init(
    kind: Kind, button: Button, x: Int, y: Int, modifiers: Modifiers = []
  ) {
    self.kind = kind
    self.button = button
    self.position = Position(x, y)
    self.modifiers = modifiers
  }
}
