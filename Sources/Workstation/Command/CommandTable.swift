import Terminal

extension Command {
  /// Every command there is, in the order in which footer and help show them.
  static let table: [Command] =
    WorklistScreen.commands + StudyScreen.commands + ReportEditor.commands + SignDialog.commands
    + TakeOverDialog.commands + ScoreDialog.commands
    + SystemScreen.commands + HelpOverlay.commands + PaletteOverlay.commands
    + Workstation.commands

  /// The command a key means at a place.
  static func find(_ key: Key, at place: Place) -> Command? { byKey[place]?[key] }

  static func find(named name: String) -> Command? { table.first { $0.name == name } }

  /// Commands that work at a place, in the order of the table.
  static func all(at place: Place) -> [Command] { byPlace[place] ?? [] }

  /// A command elsewhere that has this key, for telling the reader where it works.
  static func elsewhere(_ key: Key, than place: Place) -> Command? {
    table.first { $0.keys.contains(key) && !$0.places.contains(place) && !$0.places.isEmpty }
  }

  private static let byPlace: [Place: [Command]] = Dictionary(
    uniqueKeysWithValues: Place.allCases.map { place in
      (place, table.filter { $0.places.contains(place) })
    })

  private static let byKey: [Place: [Key: Command]] = byPlace.mapValues { commands in
    Dictionary(
      commands.flatMap { command in command.keys.map { ($0, command) } },
      uniquingKeysWith: { first, _ in first })
  }
}
