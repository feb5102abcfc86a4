import Terminal

/// What lies over a screen and has the keys.
enum Overlay: Sendable, Hashable {
  case go
  case help(HelpOverlay)
  case palette(PaletteOverlay)
  case signing(SignDialog)
  case takingOver(TakeOverDialog)
  case scoring(ScoreDialog)
  case inserting(InsertOverlay)
  case preview(PreviewOverlay)
  case comparing(VersionsOverlay)
  case batch(BatchDialog)
  case quitting

  var place: Place {
    switch self {
    case .go: .go
    case .help: .help
    case .palette: .palette
    case .signing: .signing
    case .takingOver: .takingOver
    case .scoring: .scoring
    case .inserting: .inserting
    case .preview: .preview
    case .comparing: .comparing
    case .batch: .batch
    case .quitting: .quitting
    }
  }

  /// Takes a key as text; false if it is none.
  mutating func type(_ key: Key, workstation: Workstation) -> Bool {
    switch self {
    case .help(var help):
      guard help.list.type(key) else { return false }
      self = .help(help)
    case .palette(var palette):
      guard palette.list.type(key) else { return false }
      self = .palette(palette)
    case .signing(var dialog):
      guard dialog.type(key) else { return false }
      self = .signing(dialog)
    case .takingOver(var dialog):
      guard dialog.type(key) else { return false }
      self = .takingOver(dialog)
    case .inserting(var insertion):
      guard insertion.list.type(key) else { return false }
      self = .inserting(insertion)
    case .batch(var dialog):
      guard dialog.type(key) else { return false }
      self = .batch(dialog)
    case .go, .scoring, .preview, .comparing, .quitting: return false
    }
    return true
  }

  mutating func insert(_ text: String, workstation: Workstation) {
    switch self {
    case .help(var help):
      help.list.insert(text)
      self = .help(help)
    case .palette(var palette):
      palette.list.insert(text)
      self = .palette(palette)
    case .signing(var dialog):
      dialog.insert(text)
      self = .signing(dialog)
    case .takingOver(var dialog):
      dialog.insert(text)
      self = .takingOver(dialog)
    case .inserting(var insertion):
      insertion.list.insert(text)
      self = .inserting(insertion)
    case .batch(var dialog):
      dialog.insert(text)
      self = .batch(dialog)
    case .go, .scoring, .preview, .comparing, .quitting: break
    }
  }

  func draw(on canvas: inout Canvas, workstation: Workstation) {
    switch self {
    case .go: Self.drawChoice(of: .go, on: &canvas, workstation: workstation)
    case .quitting: Self.drawQuitting(on: &canvas, workstation: workstation)
    case .help(let help): help.draw(on: &canvas, workstation: workstation)
    case .palette(let palette): palette.draw(on: &canvas, workstation: workstation)
    case .signing(let dialog): dialog.draw(on: &canvas, workstation: workstation)
    case .takingOver(let dialog): dialog.draw(on: &canvas, workstation: workstation)
    case .scoring(let dialog): dialog.draw(on: &canvas, workstation: workstation)
    case .inserting(let insertion): insertion.draw(on: &canvas, workstation: workstation)
    case .preview(let preview): preview.draw(on: &canvas, workstation: workstation)
    case .comparing(let versions): versions.draw(on: &canvas, workstation: workstation)
    case .batch(let dialog): dialog.draw(on: &canvas, workstation: workstation)
    }
  }

  /// A small box with the keys of a place, for what is decided by one more key.
  static func drawChoice(of place: Place, on canvas: inout Canvas, workstation: Workstation) {
    let commands = workstation.keymap.choices(at: place)
    let keys = max(3, commands.map { cellWidth(of: $0.keyText) }.max() ?? 0)
    let width = keys + 5 + (commands.map { cellWidth(of: $0.label) }.max() ?? 0)
    let body = workstation.body(of: canvas.bounds)
    let height = min(body.height, commands.count + 2)
    let rect = Rect(
      x: body.x + 2, y: max(body.y, body.endY - height - 1),
      width: min(body.width - 2, max(width, 28)),
      height: height)
    let inside = canvas.popup(rect, title: place.title)
    for (line, command) in commands.prefix(inside.height).enumerated() {
      let style: Style = command.obstacle(workstation) == nil ? .text : .muted
      canvas.draw(
        [
          Span(" " + padded(command.keyText, toCells: keys), style: .accent),
          Span(" " + command.label, style: style),
        ], at: Position(inside.x, inside.y + line), maxWidth: inside.width)
      canvas.noteChoice(
        line, on: Rect(x: inside.x, y: inside.y + line, width: inside.width, height: 1))
    }
    canvas.cursor = Position(inside.x, inside.y)
  }

  private static func drawQuitting(on canvas: inout Canvas, workstation: Workstation) {
    let body = workstation.body(of: canvas.bounds)
    var lines: [String] = []
    let unsaved = workstation.unsaved.studies
    if !unsaved.isEmpty {
      let labels = unsaved.compactMap { workstation.row($0)?.label }.sorted()
      let which =
        labels.count == unsaved.count && labels.count < 4
        ? labels.joined(separator: ", ") : "\(unsaved.count) studies"
      lines += ["✖ Not saved: what you wrote or decided of", "  \(sanitized(which)).", ""]
    }
    if !workstation.badges.isEmpty {
      let tasks = workstation.badges.map { sanitized($0.name) }.joined(separator: ", ")
      lines += ["Still running: \(tasks).", "The background program goes on by itself.", ""]
    }
    let ways = [unsaved.isEmpty ? "y leave" : "y leave without it", "n stay"]
    lines.append(ways.joined(separator: "    "))
    let inside = canvas.popup(
      body.centred(width: 58, height: lines.count + 2), title: Place.quitting.title)
    for (line, text) in lines.enumerated() {
      canvas.draw(text, at: Position(inside.x + 1, inside.y + line), maxWidth: inside.width - 2)
    }
    canvas.cursor = Position(inside.x + 1, inside.y + lines.count - 1)
    var x = inside.x + 1
    for (index, way) in ways.enumerated() {
      let width = cellWidth(of: way)
      canvas.noteChoice(
        index, on: Rect(x: x, y: inside.y + lines.count - 1, width: width, height: 1))
      x += width + 4
    }
  }
}
