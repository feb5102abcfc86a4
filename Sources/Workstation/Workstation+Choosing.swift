import Radiology
import Terminal

// The mouse in lists: one grammar for all of them.
extension Workstation {
  /// A click on a row goes to it, and on the row one is on already does what Enter would.
  ///
  /// Where one more key decides, the click is that key. The wheel moves.
  mutating func choose(_ event: MouseEvent) -> [Effect] {
    switch event.kind {
    case .wheelDown: moveChoice(by: 1)
    case .wheelUp: moveChoice(by: -1)
    case .press where event.button == .left: clicked(at: event.position).map { take($0) } ?? []
    default: []
    }
  }

  /// The row of a list that is seen at a place, asked of the screen itself.
  private func clicked(at position: Position) -> Int? {
    var canvas = Canvas(width: bounds.width, height: bounds.height)
    render(on: &canvas)
    return canvas.choice(at: position)
  }

  private mutating func take(_ index: Int) -> [Effect] {
    notices.hint = nil
    switch place {
    case .go, .calling, .rejecting:
      let commands = keymap.choices(at: place)
      guard commands.indices.contains(index) else { return [] }
      return run(commands[index], Command.Call(key: commands[index].keys.first))
    case .system:
      let concerns = status.concerns
      guard concerns.indices.contains(index) else { return [] }
      system.selected = concerns[index]
    case .finding:
      let lines = clinician.studyLines(self)
      guard lines.indices.contains(index), let study = lines[index].study else { return [] }
      if study == clinician.selected { return run("read-report") }
      clinician.select(study)
    case .help:
      guard case .help(let help)? = overlays.last else { return [] }
      let rows = help.rows(self)
      guard rows.indices.contains(index), case .command = rows[index] else { return [] }
      let command = rows[..<index].count { if case .command = $0 { true } else { false } }
      return command == help.list.selected
        ? run("run-key") : moveInHelp(by: command - help.list.selected)
    case .palette:
      guard case .palette(let palette)? = overlays.last else { return [] }
      return index == palette.list.selected
        ? run("run-command") : moveInPalette(by: index - palette.list.selected)
    case .inserting:
      guard case .inserting(let insertion)? = overlays.last else { return [] }
      return index == insertion.list.selected
        ? run("put-in") : moveInInsertions(by: index - insertion.list.selected)
    case .quitting: return run(index == 0 ? "leave-anyway" : "stay")
    case .takingOver:
      guard TakeOverReason.allCases.indices.contains(index) else { return [] }
      return changeTakeOver { $0.select(TakeOverReason.allCases[index]) }
    case .scoring: return score(index)
    case .signing:
      guard case .signing(let dialog)? = overlays.last else { return [] }
      // A click goes where something is mended; it never signs.
      return index == dialog.selected
        ? run("confirm") : changeSignDialog { $0.select(index) }
    case .batch:
      guard case .batch(let dialog)? = overlays.last else { return [] }
      return index == dialog.selected
        ? run("leave-out") : changeBatch { $0.select(index) }
    default: break
    }
    return []
  }

  /// A call where one is asked for, else a score; nothing is recorded by it.
  private mutating func score(_ index: Int) -> [Effect] {
    guard case .scoring(let dialog)? = overlays.last else { return [] }
    guard dialog.scores.isEmpty else { return changeScore { $0.select(index) } }
    guard Call.allCases.indices.contains(index) else { return [] }
    return run(Call.allCases[index] == .normal ? "second-normal" : "second-suspicious")
  }

  private mutating func moveChoice(by step: Int) -> [Effect] {
    switch place {
    case .finding: clinician.move(by: step)
    case .help: return moveInHelp(by: step, goesRound: false)
    case .palette: return moveInPalette(by: step, goesRound: false)
    case .inserting: return moveInInsertions(by: step, goesRound: false)
    case .batch: return changeBatch { $0.scroll(by: step) }
    default: break
    }
    return []
  }

  /// Runs a command by its name, as its key would.
  private mutating func run(_ name: String) -> [Effect] {
    guard let command = keymap.table.first(where: { $0.name == name }) else {
      preconditionFailure("the table has “\(name)”")
    }
    return run(command, Command.Call(key: command.keys.first))
  }
}
