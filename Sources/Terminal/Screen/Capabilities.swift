/// What the terminal can do, as far as it has told.
public struct Capabilities: Sendable, Hashable {
  public enum Background: Sendable, Hashable {
    case dark
    case light
  }

  /// Whether pictures can be drawn as sixel.
  public var sixel = false
  /// Whether the kitty graphics protocol is understood.
  public var kitty = false
  /// Pixels per cell; 8 × 16 until the terminal says otherwise.
  public var cellPixels = CellPixels(width: 8, height: 16)
  /// `dark` until the terminal says otherwise.
  public var background = Background.dark
  /// Whether frames can be bracketed (mode 2026) so that none is seen half drawn.
  public var synchronizedOutput = false
  public var colours = ColourDepth.mono
  /// Whether the locale can encode more than ASCII.
  public var unicode = false
  /// Name and version the terminal gave itself; for the log.
  public var name = ""
  /// Whether the last question was answered, so that no reply is due any more.
  public var isComplete = false

  public struct CellPixels: Sendable, Hashable {
    public let width: Int
    public let height: Int

    public init(width: Int, height: Int) {
      self.width = width
      self.height = height
    }
  }

  public init(colours: ColourDepth = .mono, unicode: Bool = false) {
    self.colours = colours
    self.unicode = unicode
  }

  /// The best way to draw a picture with glyphs here.
  public var art: CellArt {
    guard unicode else { return .ascii }
    return colours == .palette256 ? .blocks256 : .braille
  }

  /// The best way to draw a picture with pixels here; none if there is no way.
  public var pixels: PixelProtocol? { kitty ? .kitty : sixel ? .sixel : nil }

  /// Learns from a reply.
  public mutating func apply(_ reply: CapabilityReply) {
    switch reply {
    case .attributes(let attributes):
      if attributes.contains(4) { sixel = true }
      isComplete = true
    case .cellPixels(let width, let height):
      // Anything else is a terminal making fun of us; pictures are sized by this.
      guard (2...128).contains(width), (2...256).contains(height) else { return }
      cellPixels = CellPixels(width: width, height: height)
    case .mode(2026, let state):
      synchronizedOutput = state == 1 || state == 2
    case .background(let red, let green, let blue):
      background = 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5 ? .light : .dark
    case .name(let name):
      self.name = String(name.prefix(80))
    case .kitty(let isSupported):
      kitty = isSupported
    case .mode, .graphics, .unknown:
      break
    }
  }

  /// The picture number that the question for the kitty protocol is about; never drawn.
  static let kittyQuestion = 31

  /// The questions to ask a terminal once, the answer to ``CapabilityReply/attributes(_:)`` last.
  ///
  /// `terminal` is `$TERM`; `linux` and `dumb` print questions, so they get none. Inside a
  /// multiplexer kitty is not asked for: tmux takes the question for a window title, and pictures
  /// passed through it would stay on the glass when it shows another window.
  public static func questions(terminal: String, isInsideMultiplexer: Bool) -> [UInt8] {
    guard terminal != "dumb", terminal != "linux", !terminal.isEmpty else { return [] }
    let kitty =
      isInsideMultiplexer ? "" : "\u{1b}_Gi=\(kittyQuestion),s=1,v=1,a=q,t=d,f=24;AAAA\u{1b}\\"
    let rest = "\u{1b}[>q\u{1b}[16t\u{1b}[?1;1;0S\u{1b}[?2026$p\u{1b}]11;?\u{1b}\\\u{1b}[c"
    return Array((kitty + rest).utf8)
  }
}
