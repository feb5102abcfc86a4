import Testing

@testable import Terminal

/// The themes that have hues, with the paper they are meant for.
private struct Look: CustomTestStringConvertible, Sendable {
  let choice: ThemeChoice
  let background: Capabilities.Background
  /// Least contrast of every role.
  let contrast: Double

  var testDescription: String { "\(choice), \(background)" }
  var theme: Theme { Theme(choice, depth: .palette256, background: background) }

  /// The colours of a role; none where the terminal's own are used.
  func colours(_ role: Role) -> (ink: PaletteColour, paper: PaletteColour)? {
    let ink = theme.ink(for: role)
    guard ink.foreground >= 0 else { return nil }
    let isLight = choice == .light || choice == .auto && background == .light
    return (
      PaletteColour(ink.foreground),
      ink.background >= 0 ? PaletteColour(ink.background) : isLight ? .white : .black
    )
  }

  static let all = [
    Look(choice: .auto, background: .dark, contrast: 4.5),
    Look(choice: .auto, background: .light, contrast: 4.5),
    Look(choice: .dark, background: .light, contrast: 4.5),
    Look(choice: .light, background: .dark, contrast: 4.5),
    Look(choice: .highContrast, background: .dark, contrast: 7),
    Look(choice: .highContrast, background: .light, contrast: 7),
  ]
}

@Suite("Colours of the themes")
struct ThemeColourTests {
  @Test("every role is readable: a contrast of 4.5, or 7 where high contrast was chosen")
  func contrast() {
    for look in Look.all {
      for role in Role.allCases {
        guard let (ink, paper) = look.colours(role) else { continue }
        #expect(ink.contrast(with: paper) >= look.contrast, "\(look.testDescription) \(role)")
      }
    }
  }

  @Test("high contrast leaves nothing to the terminal's own colours", arguments: Role.allCases)
  func ownPaper(role: Role) {
    for background in [Capabilities.Background.dark, .light] {
      let ink = Theme(.highContrast, depth: .palette256, background: background).ink(for: role)
      #expect(ink.foreground >= 16 && ink.background >= 16)
    }
  }

  @Test("good, doubtful and bad look different to every eye", arguments: Vision.allCases)
  func states(vision: Vision) throws {
    let pairs: [(Role, Role)] = [
      (.ok, .warning), (.ok, .critical), (.warning, .critical), (.overlayCurrent, .overlayOther),
    ]
    for look in Look.all {
      for (one, other) in pairs {
        let a = try #require(look.colours(one)).ink.seen(with: vision)
        let b = try #require(look.colours(other)).ink.seen(with: vision)
        #expect(a.distance(to: b) >= 25, "\(look.testDescription) \(one) \(other)")
      }
    }
  }

  @Test("the simulation takes red from those who have no cones for it, and leaves grey as it is")
  func simulation() {
    let (red, green) = (PaletteColour(196), PaletteColour(46))
    #expect(
      red.seen(with: .deuteranopia).distance(to: green.seen(with: .deuteranopia))
        < red.distance(to: green) / 2)
    for vision in Vision.allCases {
      let grey = PaletteColour(244)
      #expect(grey.seen(with: vision).distance(to: grey) < 1)
    }
    #expect(abs(PaletteColour.black.contrast(with: .white) - 21) < 0.01)
  }

  @Test("auto is what the terminal's background asks for; the others are what was chosen")
  func choice() {
    func theme(_ choice: ThemeChoice, _ background: Capabilities.Background) -> Theme {
      Theme(choice, depth: .palette256, background: background)
    }
    #expect(theme(.auto, .light) == theme(.light, .dark))
    #expect(theme(.auto, .dark) == theme(.dark, .light))
    #expect(theme(.light, .light) != theme(.dark, .light))
    let mono = theme(.mono, .dark)
    #expect(Role.allCases.allSatisfy { mono.ink(for: $0).foreground == -1 })
    #expect(mono.ink(for: Style(foregroundGrey: 255)).foreground == 231, "pictures keep greys")
  }

  @Test("high contrast is black and white where there are few colours")
  func fewColours() {
    for depth in [ColourDepth.eight, .sixteen] {
      let theme = Theme(.highContrast, depth: depth, background: .light)
      let distinct = [Role.text, .accent, .selection, .critical].map { theme.ink(for: $0) }
      #expect(Set(distinct).count == 4)
      #expect(distinct.allSatisfy { [0, 7].contains($0.foreground) })
    }
  }
}
