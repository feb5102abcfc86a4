/// A piece of text in one style.
public struct Span: Sendable, Hashable {
  public var text: String
  public var style: Style

  public init(_ text: String, style: Style = .text) {
    self.text = text
    self.style = style
  }
}
