import Terminal

/// One thing a reader can do; the table of all of them is keys, footer, help and palette at once.
struct Command: Sendable, Identifiable {
  /// What made a command run: the key, or the words after its name in the palette.
  struct Call: Sendable {
    var key: Key?
    var argument = ""
  }

  /// What the palette calls it, for example `next-region`.
  let name: String
  var keys: [Key]
  /// How the keys are written where the names of all of them would be too long.
  var keyText: String
  /// Two words for the footer; a command without one is not shown there.
  let label: String
  /// One line for the help.
  let help: String
  let places: Set<Place>
  /// What the palette may give it, for example `PATH`.
  let argument: String?
  /// Whether the palette can run it wherever the reader is.
  let isGlobal: Bool
  /// Why it does nothing just now, as the end of a sentence; none if it works.
  let obstacle: @Sendable (Workstation) -> String?
  let run: @Sendable (inout Workstation, Call) -> [Effect]
  /// The key that leads to the place of its own keys.
  var prefix = ""

  var id: String { name }

  init(
    _ name: String, _ keys: [Key], _ label: String, help: String, in places: Set<Place>,
    keyText: String? = nil, argument: String? = nil, isGlobal: Bool = false,
    unless obstacle: @escaping @Sendable (Workstation) -> String? = { _ in nil },
    run: @escaping @Sendable (inout Workstation, Call) -> [Effect]
  ) {
    self.name = name
    self.keys = keys
    self.keyText = keyText ?? keys.map(\.name).joined(separator: " ")
    self.label = label
    self.help = help
    self.places = places
    self.argument = argument
    self.isGlobal = isGlobal
    self.obstacle = obstacle
    self.run = run
  }

  /// The keys with the one that leads to them.
  var shownKeys: String { prefix.isEmpty || keyText.isEmpty ? keyText : "\(prefix) \(keyText)" }
}

extension Key {
  /// As a keyboard or a manual writes it.
  var name: String {
    switch self {
    case .character(" "): "Space"
    case .character(let character): String(character)
    case .enter: "⏎"
    case .escape: "Esc"
    case .tab: "Tab"
    case .backTab: "⇧Tab"
    case .backspace: "⌫"
    case .delete: "Del"
    case .up: "↑"
    case .down: "↓"
    case .left: "←"
    case .right: "→"
    case .home: "Home"
    case .end: "End"
    case .pageUp: "PgUp"
    case .pageDown: "PgDn"
    case .function(let number): "F\(number)"
    case .control(let character): "^\(character.uppercased())"
    case .alt(let character): "Alt-\(character)"
    }
  }
}

/// Where an arrow key points.
enum Direction: String, Sendable, CaseIterable {
  case left, down, up, right

  init?(_ call: Command.Call) {
    switch call.key {
    case .left, .character("h"), .character("H"): self = .left
    case .down, .character("j"), .character("J"): self = .down
    case .up, .character("k"), .character("K"): self = .up
    case .right, .character("l"), .character("L"): self = .right
    default:
      guard let direction = Self(rawValue: call.argument.lowercased()) else { return nil }
      self = direction
    }
  }

  /// One step to the right and down.
  var step: (x: Double, y: Double) {
    switch self {
    case .left: (-1, 0)
    case .right: (1, 0)
    case .up: (0, -1)
    case .down: (0, 1)
    }
  }

  static let keys: [Key] = [
    .character("h"), .character("j"), .character("k"), .character("l"), .left, .down, .up, .right,
  ]
  static let heavyKeys: [Key] = [
    .character("H"), .character("J"), .character("K"), .character("L"),
  ]
}
