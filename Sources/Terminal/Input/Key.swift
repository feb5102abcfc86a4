/// A key that was pressed.
///
/// Shift is part of the character. Control and Alt with an arrow or an editing key are that key:
/// terminals disagree too much about them for a product to depend on it.
public enum Key: Sendable, Hashable {
  case character(Character)
  case enter
  case escape
  case tab
  case backTab
  case backspace
  case delete
  case up
  case down
  case left
  case right
  case home
  case end
  case pageUp
  case pageDown
  /// `F1` is `function(1)`.
  case function(Int)
  /// Control and a lower case letter, or one of `@[\]^_` and space.
  case control(Character)
  /// Alt (or a quick Escape) and a character.
  case alt(Character)
}
