import Terminal

/// The table of commands with the keys of this reader: what footer, help and palette show, and
/// what a key means.
///
/// Without a wish it is ``Command/table`` as it stands.
public struct Keymap: Sendable {
  /// Every command there is, in the order in which footer and help show them.
  let table: [Command]
  private let byPlace: [Place: [Command]]
  private let byKey: [Place: [Key: Command]]

  /// The keys the program comes with.
  public static let standard = Keymap(Command.table)

  /// - Throws: ``KeymapError`` for the first wish that cannot be met; no key has changed then.
  public init(_ wishes: [KeyWish]) throws {
    self.init(try Command.table.rebound(as: wishes))
  }

  private init(_ table: [Command]) {
    let go = table.first { $0.name == "go" }?.keyText ?? ""
    let call = table.first { $0.name == "call" }?.keyText ?? ""
    let reject = table.first { $0.name == "reject" }?.keyText ?? ""
    let prefixes: [Set<Place>: String] = [[.go]: go, [.calling]: call, [.rejecting]: reject]
    self.table = table.map { command in
      var command = command
      command.prefix = prefixes[command.places] ?? ""
      return command
    }
    let (table, places) = (self.table, Place.allCases)
    byPlace = Dictionary(
      uniqueKeysWithValues: places.map { place in
        (place, table.filter { $0.places.contains(place) })
      })
    byKey = byPlace.mapValues { commands in
      Dictionary(
        commands.flatMap { command in command.keys.map { ($0, command) } },
        uniquingKeysWith: { first, _ in first })
    }
  }

  /// The command a key means at a place.
  func find(_ key: Key, at place: Place) -> Command? { byKey[place]?[key] }

  /// Commands that work at a place, in the order of the table.
  func all(at place: Place) -> [Command] { byPlace[place] ?? [] }

  /// Those of a place that is decided by one more key, as its box lists them.
  func choices(at place: Place) -> [Command] { all(at: place).filter { !$0.label.isEmpty } }

  /// A command elsewhere that has this key, for telling the reader where it works.
  func elsewhere(_ key: Key, than place: Place) -> Command? {
    table.first { $0.keys.contains(key) && !$0.places.contains(place) && !$0.places.isEmpty }
  }

  /// The key of a command as a sentence names it; `:name` where it has none.
  func key(_ name: String) -> String {
    guard let command = table.first(where: { $0.name == name }) else {
      preconditionFailure("the table has each command that a sentence names, and so “\(name)”")
    }
    return command.keys.first?.name ?? ":\(name)"
  }
}
