/// How each role looks on one kind of terminal.
public struct Theme: Sendable, Hashable {
  /// Colour indexes of the terminal's palette; -1 is its own default colour.
  public struct Ink: Sendable, Hashable {
    public var foreground: Int16
    public var background: Int16
    public var isBold: Bool
    public var isReverse: Bool
    public var isUnderlined: Bool

    init(
      _ foreground: Int16 = -1, on background: Int16 = -1, bold: Bool = false,
      reverse: Bool = false, underlined: Bool = false
    ) {
      self.foreground = foreground
      self.background = background
      self.isBold = bold
      self.isReverse = reverse
      self.isUnderlined = underlined
    }
  }

  /// One ink per role, in the order of the roles.
  private let inks: [Ink]
  private let depth: ColourDepth

  /// The theme for a terminal, which tells its `background`.
  ///
  /// With `noColour`, as `NO_COLOR` asks, only pictures keep their greys.
  public init(
    _ choice: ThemeChoice = .auto, depth: ColourDepth, background: Capabilities.Background,
    noColour: Bool = false
  ) {
    self.depth = depth
    let isLight = choice == .light || choice == .auto && background == .light
    let ink: (Role) -> Ink =
      switch (noColour || choice == .mono ? .mono : depth, choice) {
      case (.mono, _): Theme.mono
      case (.eight, .highContrast), (.sixteen, .highContrast): Theme.basicContrast
      case (.palette256, .highContrast): Theme.highContrast
      case (.eight, _), (.sixteen, _): Theme.basic
      case (.palette256, _) where isLight: Theme.light
      case (.palette256, _): Theme.dark
      }
    inks = Role.allCases.map(ink)
  }

  public func ink(for role: Role) -> Ink { inks[Int(role.rawValue)] }

  /// What a style comes to, greys and attributes included.
  public func ink(for style: Style) -> Ink {
    var ink = ink(for: style.role)
    if style.isBold { ink.isBold = true }
    if style.isReverse { ink.isReverse.toggle() }
    if style.isUnderlined { ink.isUnderlined = true }
    if let grey = style.foregroundGrey { ink.foreground = index(ofGrey: grey) }
    if let grey = style.backgroundGrey { ink.background = index(ofGrey: grey) }
    return ink
  }

  /// The palette entry nearest to a grey; the default colour where there are no greys.
  private func index(ofGrey grey: UInt8) -> Int16 {
    switch depth {
    case .palette256: GreyLevels.index[Int(grey)]
    case .sixteen: [0, 8, 7, 15][Int(grey) * 3 / 255]
    case .eight: grey < 128 ? 0 : 7
    case .mono: -1
    }
  }

  private static func dark(_ role: Role) -> Ink {
    switch role {
    case .text: Ink()
    case .muted: Ink(247)
    case .title: Ink(bold: true)
    case .accent: Ink(80)
    case .selection: Ink(231, on: 24)
    case .ok, .info: Ink(75)
    case .warning: Ink(214)
    case .critical: Ink(203, bold: true)
    case .overlayCurrent: Ink(220, bold: true)
    case .overlayOther, .chart: Ink(80)
    }
  }

  private static func light(_ role: Role) -> Ink {
    switch role {
    case .text: Ink()
    case .muted: Ink(240)
    case .title: Ink(bold: true)
    case .accent: Ink(23)
    case .selection: Ink(16, on: 153)
    case .ok, .info: Ink(25)
    case .warning: Ink(94)
    case .critical: Ink(161, bold: true)
    case .overlayCurrent: Ink(130, bold: true)
    case .overlayOther, .chart: Ink(23)
    }
  }

  /// On black whatever the terminal's own background is.
  private static func highContrast(_ role: Role) -> Ink {
    switch role {
    case .text, .muted: Ink(231, on: 16)
    case .title: Ink(231, on: 16, bold: true)
    case .accent: Ink(51, on: 16, bold: true)
    case .selection: Ink(16, on: 231, bold: true)
    case .ok, .info: Ink(117, on: 16, bold: true)
    case .warning: Ink(220, on: 16, bold: true)
    case .critical: Ink(210, on: 16, bold: true, underlined: true)
    case .overlayCurrent: Ink(226, on: 16, bold: true)
    case .overlayOther, .chart: Ink(51, on: 16)
    }
  }

  /// What comes nearest to it with eight colours: black and white, and attributes.
  private static func basicContrast(_ role: Role) -> Ink {
    switch role {
    case .text, .muted, .ok, .info, .overlayOther, .chart: Ink(7, on: 0)
    case .title, .accent, .warning, .overlayCurrent: Ink(7, on: 0, bold: true)
    case .selection: Ink(0, on: 7)
    case .critical: Ink(7, on: 0, bold: true, underlined: true)
    }
  }

  /// The user's own first eight colours, which fit the user's own background.
  private static func basic(_ role: Role) -> Ink {
    switch role {
    case .text, .muted: Ink()
    case .title: Ink(bold: true)
    case .accent: Ink(6, bold: true)
    case .selection: Ink(reverse: true)
    case .ok, .info: Ink(4, bold: true)
    case .warning: Ink(3, bold: true)
    case .critical: Ink(1, bold: true)
    case .overlayCurrent: Ink(3, bold: true)
    case .overlayOther, .chart: Ink(6)
    }
  }

  private static func mono(_ role: Role) -> Ink {
    switch role {
    case .text, .muted, .ok, .info, .overlayOther, .chart: Ink()
    case .title, .accent, .warning, .overlayCurrent: Ink(bold: true)
    case .selection: Ink(reverse: true)
    case .critical: Ink(bold: true, underlined: true)
    }
  }
}
