import Terminal

/// All keys, made from the table of commands; typing filters it and Enter runs one.
struct HelpOverlay: Sendable, Hashable {
  /// Where the reader was when they asked.
  let below: Place
  /// Of the commands shown; headings are not counted.
  var list = NarrowedList()

  init(below: Place) { self.below = below }

  enum Row: Sendable {
    case heading(String)
    case command(Command)
  }

  /// What is shown: this screen's keys, those that work everywhere, then all the others.
  func rows(_ workstation: Workstation) -> [Row] {
    let keymap = workstation.keymap
    var rows: [Row] = []
    var seen: Set<String> = []
    func group(_ title: String, _ commands: [Command]) {
      let new = commands.filter {
        !seen.contains($0.name) && matches($0) && !workstation.isRuledOut($0)
      }
      guard !new.isEmpty else { return }
      rows.append(.heading(title))
      rows += new.map { .command($0) }
      seen.formUnion(new.map(\.name))
    }
    let table = keymap.table
    let everywhere = table.filter { $0.places.isSuperset(of: .browsing) }
    let common = Set(everywhere.map(\.name))
    group(below.title, keymap.all(at: below).filter { !common.contains($0.name) })
    group("Everywhere", everywhere)
    group("By name, after :", table.filter(\.places.isEmpty))
    for place in [Place.go] + Place.allCases {
      group(place.title, keymap.all(at: place))
    }
    return rows
  }

  func commands(_ workstation: Workstation) -> [Command] {
    rows(workstation).compactMap { row in
      if case .command(let command) = row { command } else { nil }
    }
  }

  /// Every word typed has to be somewhere in keys, name or explanation.
  private func matches(_ command: Command) -> Bool {
    let text = "\(command.shownKeys) \(command.name) \(command.label) \(command.help)".lowercased()
    return list.line.text.lowercased().split(separator: " ").allSatisfy { text.contains($0) }
  }

  func draw(on canvas: inout Canvas, workstation: Workstation) {
    let body = workstation.body(of: canvas.bounds)
    let rect = body.centred(
      width: body.width < 80 ? body.width : min(110, body.width - 12),
      height: body.height > 20 ? body.height - 2 : body.height)
    let inside = canvas.popup(
      rect, title: "Keys – \(below.title)", trailing: "type to filter, ⏎ runs it", border: .single)
    let (field, rest) = inside.splitRows(top: 1)
    list.drawLine(after: "/", on: &canvas, in: field)
    let rows = rows(workstation)
    guard !rows.isEmpty else {
      canvas.draw("No key matches. Esc closes.", at: Position(rest.x + 1, rest.y), style: .muted)
      return
    }
    var index = -1
    var selectedLine: Int?
    let lines = rows.enumerated().map { line, row -> [Span] in
      switch row {
      case .heading(let title):
        return [Span(title, style: .title)]
      case .command(let command):
        index += 1
        if index == list.selected { selectedLine = line }
        return spans(command, width: rest.width - 2)
      }
    }
    // The heading above the first command is worth a line when there is one to spare.
    let first = Canvas.firstRow(
      showing: selectedLine, of: lines.count, height: rest.height,
      from: max(0, (selectedLine ?? 0) - rest.height / 2))
    canvas.list(lines, in: rest, selected: selectedLine, first: first, isFocused: true)
    list.drawLine(after: "/", on: &canvas, in: field)
  }

  private func spans(_ command: Command, width: Int) -> [Span] {
    let keys = command.keys.isEmpty ? ":\(command.name)" : command.shownKeys
    let name = width >= 84 ? command.name : ""
    let nameWidth = name.isEmpty ? 0 : 20
    let keyWidth = min(18, width / 3)
    return [
      Span("  " + padded(keys, toCells: keyWidth) + " ", style: .accent),
      Span(padded(command.help, toCells: max(1, width - keyWidth - nameWidth - 4))),
      Span(name.isEmpty ? "" : " " + padded(name, toCells: nameWidth), style: .muted),
    ]
  }

  static let commands: [Command] = [
    Command("run-key", [.enter], "run it", help: "Run the selected command", in: [.help]) {
      workstation, _ in
      guard case .help(let help)? = workstation.overlays.popLast(),
        case let commands = help.commands(workstation),
        commands.indices.contains(help.list.selected)
      else { return [] }
      return workstation.runFromList(commands[help.list.selected], Command.Call())
    },
    Command(
      "next-key", [.down, .tab], "down", help: "The next key", in: [.help], keyText: "↓"
    ) { workstation, _ in workstation.moveInHelp(by: 1) },
    Command(
      "previous-key", [.up, .backTab], "up", help: "The key before", in: [.help], keyText: "↑"
    ) { workstation, _ in workstation.moveInHelp(by: -1) },
    Command("keys-down", [.pageDown], "", help: "Ten keys down", in: [.help]) { workstation, _ in
      workstation.moveInHelp(by: 10)
    },
    Command("keys-up", [.pageUp], "", help: "Ten keys up", in: [.help]) { workstation, _ in
      workstation.moveInHelp(by: -10)
    },
    Command(
      "close-help", [.escape, .function(1)], "close", help: "Close the help", in: [.help],
      keyText: "Esc"
    ) { workstation, _ in
      workstation.overlays.removeLast()
      return []
    },
  ]
}

extension Workstation {
  mutating func moveInHelp(by steps: Int, goesRound: Bool = true) -> [Effect] {
    guard case .help(var help)? = overlays.last else { return [] }
    help.list.move(by: steps, of: help.commands(self).count, goesRound: goesRound)
    overlays[overlays.count - 1] = .help(help)
    return []
  }

  /// Runs a command picked from a list, or says where it works.
  mutating func runFromList(_ command: Command, _ call: Command.Call) -> [Effect] {
    guard command.isGlobal || command.places.contains(place) else {
      let there =
        command.places.sorted { $0.order < $1.order }.first?.whereItWorks(keymap) ?? "elsewhere"
      notices.hint = "\(command.name) works \(there)"
      return []
    }
    recent.removeAll { $0 == command.name }
    recent = Array(([command.name] + recent).prefix(5))
    return run(command, call)
  }
}
