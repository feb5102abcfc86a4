/// How a cell looks: a role, three attributes and, for pictures, two greys.
public struct Style: Sendable, Hashable {
  public var role: Role
  public var isBold: Bool
  public var isReverse: Bool
  public var isUnderlined: Bool
  /// Grey of the glyph, 0 (black) to 255 (white); overrides the role's colour.
  public var foregroundGrey: UInt8?
  /// Grey behind the glyph, 0 (black) to 255 (white); overrides the role's colour.
  public var backgroundGrey: UInt8?
  /// Keeps the grey that is already behind the cell: for lines drawn over a picture.
  public var isTransparent: Bool

  public init(
    _ role: Role = .text, isBold: Bool = false, isReverse: Bool = false,
    isUnderlined: Bool = false, foregroundGrey: UInt8? = nil, backgroundGrey: UInt8? = nil,
    isTransparent: Bool = false
  ) {
    self.role = role
    self.isBold = isBold
    self.isReverse = isReverse
    self.isUnderlined = isUnderlined
    self.foregroundGrey = foregroundGrey
    self.backgroundGrey = backgroundGrey
    self.isTransparent = isTransparent
  }

  public static let text = Style(.text)
  public static let muted = Style(.muted)
  public static let title = Style(.title)
  public static let accent = Style(.accent)
  public static let selection = Style(.selection)
  public static let ok = Style(.ok)
  public static let info = Style(.info)
  public static let warning = Style(.warning)
  public static let critical = Style(.critical)
  public static let overlayCurrent = Style(.overlayCurrent)
  public static let overlayOther = Style(.overlayOther)
  public static let chart = Style(.chart)

  public var bold: Style { with(\.isBold) }
  public var reversed: Style { with(\.isReverse) }
  public var underlined: Style { with(\.isUnderlined) }
  public var transparent: Style { with(\.isTransparent) }

  private func with(_ attribute: WritableKeyPath<Style, Bool>) -> Style {
    var copy = self
    copy[keyPath: attribute] = true
    return copy
  }
}
