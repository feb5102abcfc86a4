import Terminal

/// Every action by name: type a part of it, and what it needs after a space.
struct PaletteOverlay: Sendable, Hashable {
  /// Of the matches.
  var list = NarrowedList()

  /// The name as typed so far.
  private var word: String {
    String(list.line.text.drop { $0 == " " }.prefix { $0 != " " }).lowercased()
  }

  /// What follows the name.
  var argument: String {
    let rest = list.line.text.drop { $0 == " " }.drop { $0 != " " }
    return String(rest.drop { $0 == " " }).trimmingSuffix(" ")
  }

  /// Commands whose name or explanation fits, the best first; those that work here before others.
  func matches(_ workstation: Workstation) -> [Command] {
    let here = workstation.placeBelowOverlays
    let ranked = workstation.keymap.table.enumerated().compactMap {
      index, command -> (Int, Int, Command)? in
      guard !command.isTyping, let rank = rank(command, recent: workstation.recent),
        !workstation.isRuledOut(command)
      else { return nil }
      let works = command.isGlobal || command.places.contains(here)
      return (rank + (works ? 0 : 100), index, command)
    }
    return ranked.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
  }

  private func rank(_ command: Command, recent: [String]) -> Int? {
    let word = word
    if word.isEmpty { return recent.firstIndex(of: command.name) ?? 10 }
    if command.name == word { return 0 }
    if command.name.hasPrefix(word) { return 1 }
    if command.name.split(separator: "-").contains(where: { $0.hasPrefix(word) }) { return 2 }
    if command.name.contains(word) { return 3 }
    if command.help.lowercased().contains(word) { return 4 }
    var letters = command.name.makeIterator()
    let isSubsequence = word.allSatisfy { wanted in
      while let letter = letters.next() {
        if letter == wanted { return true }
      }
      return false
    }
    return isSubsequence && word.count > 2 ? 5 : nil
  }

  func draw(on canvas: inout Canvas, workstation: Workstation) {
    let body = workstation.body(of: canvas.bounds)
    let rect = body.centred(width: body.width < 80 ? body.width : 78, height: min(16, body.height))
    let place = Rect(
      x: rect.x, y: body.y + min(2, body.height - rect.height), width: rect.width,
      height: rect.height)
    let inside = canvas.popup(place, title: "Command")
    let (field, rest) = inside.splitRows(top: 1)
    let matches = matches(workstation)
    let lines = matches.map { spans($0, width: rest.width - 2, workstation: workstation) }
    let first = Canvas.firstRow(
      showing: list.selected, of: lines.count, height: rest.height,
      from: max(0, list.selected - rest.height + 1))
    canvas.list(lines, in: rest, selected: matches.isEmpty ? nil : list.selected, first: first)
    if matches.isEmpty {
      canvas.draw(
        "No command of that name. Esc closes.", at: Position(rest.x + 1, rest.y), style: .muted)
    }
    list.drawLine(after: "›", on: &canvas, in: field)
  }

  private func spans(_ command: Command, width: Int, workstation: Workstation) -> [Span] {
    let works = command.isGlobal || command.places.contains(workstation.placeBelowOverlays)
    let style: Style = works && command.obstacle(workstation) == nil ? .text : .muted
    let keyWidth = 10
    let nameWidth = min(26, width / 2)
    let name = [command.name, command.argument ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
    return [
      Span(padded(name, toCells: nameWidth) + " ", style: style.bold),
      Span(padded(command.help, toCells: max(1, width - nameWidth - keyWidth - 2)), style: style),
      Span(" " + padded(command.shownKeys, toCells: keyWidth, alignment: .right), style: .accent),
    ]
  }

  static let commands: [Command] = [
    Command("run-command", [.enter], "run it", help: "Run the selected command", in: [.palette]) {
      workstation, _ in
      guard case .palette(let palette)? = workstation.overlays.popLast() else { return [] }
      let matches = palette.matches(workstation)
      guard matches.indices.contains(palette.list.selected) else {
        workstation.notices.hint = "There is no such command"
        return []
      }
      return workstation.runFromList(
        matches[palette.list.selected], Command.Call(argument: palette.argument))
    },
    Command(
      "complete", [.tab], "complete", help: "Write the selected name out", in: [.palette]
    ) { workstation, _ in
      guard case .palette(var palette)? = workstation.overlays.last else { return [] }
      let matches = palette.matches(workstation)
      guard matches.indices.contains(palette.list.selected) else { return [] }
      palette.list = NarrowedList(
        line: TextLine(matches[palette.list.selected].name + " " + palette.argument))
      workstation.overlays[workstation.overlays.count - 1] = .palette(palette)
      return []
    },
    Command("next-command", [.down], "down", help: "The next command", in: [.palette]) {
      workstation, _ in workstation.moveInPalette(by: 1)
    },
    Command("previous-command", [.up], "up", help: "The command before", in: [.palette]) {
      workstation, _ in workstation.moveInPalette(by: -1)
    },
    Command(
      "close-palette", [.escape], "close", help: "Close without running anything", in: [.palette]
    ) { workstation, _ in
      workstation.overlays.removeLast()
      return []
    },
  ]
}

extension Command {
  /// It moves about within a text field or a list of choices and means nothing by name.
  var isTyping: Bool {
    !places.isEmpty && places.isSubset(of: [.help, .palette, .quitting, .inserting])
  }
}

extension Workstation {
  mutating func moveInPalette(by step: Int, goesRound: Bool = true) -> [Effect] {
    guard case .palette(var palette)? = overlays.last else { return [] }
    palette.list.move(by: step, of: palette.matches(self).count, goesRound: goesRound)
    overlays[overlays.count - 1] = .palette(palette)
    return []
  }

  /// Where the reader is once all overlays are gone.
  var placeBelowOverlays: Place {
    var copy = self
    copy.overlays = []
    return copy.place
  }
}

extension String {
  fileprivate func trimmingSuffix(_ character: Character) -> String {
    var text = self
    while text.last == character { text.removeLast() }
    return text
  }
}
