import Terminal

extension [Command] {
  /// The table with a reader's own keys.
  ///
  /// - Throws: ``KeymapError`` for a wish that names no command or no key, that would leave
  ///   something without a way to it, or that gives one key two meanings at one place.
  func rebound(as wishes: [KeyWish]) throws -> [Command] {
    var table = self
    // Those with words first: what they may be is told by the keys the command comes with.
    for wish in wishes.filter({ $0.command.contains(" ") })
      + wishes.filter({
        !$0.command.contains(" ")
      })
    {
      let words = wish.command.split(separator: " ", maxSplits: 1)
      guard let index = table.firstIndex(where: { $0.name == words.first ?? "" }) else {
        throw KeymapError(
          command: wish.command, problem: "is no command; the palette (:) lists their names")
      }
      let keys = try wish.readKeys()
      if words.count == 1 {
        table[index] = try table[index].rebound(to: keys)
      } else {
        let bound = try table[index].bound(to: String(words[1]), keys: keys)
        // Beside its own command, and after it, so that the palette still finds that one first.
        table.insert(bound, at: index + 1)
      }
    }
    for wish in wishes { try table.check(wish) }
    return table
  }

  /// Refuses keys that mean something else where the command works, or that are typed there.
  private func check(_ wish: KeyWish) throws {
    guard let command = first(where: { $0.name == wish.command }) else { return }
    let own = Command.table.first { $0.name == wish.command }?.keys ?? []
    for key in command.keys {
      for place in command.places.sorted(by: { $0.order < $1.order }) {
        if place.isText, key.isTyped, !own.contains(key) {
          throw KeymapError(
            command: wish.command,
            problem:
              "cannot have the key \(key.name): it also works \(place.whereItWorks(.standard)), and "
              + "there that key is typed. Give it a key such as F7 or ^N")
        }
        let other = first {
          $0.name != command.name && $0.places.contains(place) && $0.keys.contains(key)
        }
        if let other {
          throw KeymapError(
            command: wish.command,
            problem: "cannot have the key \(key.name): \(place.whereItWorks(.standard)) it means "
              + "“\(other.name)”. Choose another key, or give “\(other.name)” one too")
        }
      }
    }
  }
}

extension KeyWish {
  fileprivate func readKeys() throws -> [Key] {
    try keys.map { text in
      guard let key = Key(reading: text) else {
        throw KeymapError(
          command: command,
          problem: "has “\(sanitized(text))”, which is no key; keys are written a, Space, F7, ^N, "
            + "Alt-x, PgDn, Up, Enter")
      }
      if key.isFixed {
        throw KeymapError(
          command: command, problem: "cannot have \(key.name): it is the way out of everything")
      }
      if let twin = key.twin {
        throw KeymapError(
          command: command, problem: "cannot have \(key.name): terminals send it for \(twin)")
      }
      return key
    }
  }
}

extension Command {
  /// Whether each of its keys means something else, such as a direction.
  var hasWays: Bool {
    let directions = Set(Direction.keys + Direction.heavyKeys)
    return keys.count > 1 && (argument != nil || directions.isSuperset(of: keys))
  }

  /// The words it can be given, where they are few.
  private var choices: [String]? {
    if argument == nil, hasWays { return Direction.allCases.map(\.rawValue) }
    let choices = argument?.split(separator: "|").map(String.init) ?? []
    let isList = choices.allSatisfy { $0.allSatisfy { $0.isLowercase || $0 == "-" } }
    return isList ? choices : nil
  }

  /// The command on other keys; Escape stays where it was.
  fileprivate func rebound(to wished: [Key]) throws -> Command {
    if hasWays, !wished.isEmpty {
      let example = choices?.first ?? "1"
      throw KeymapError(
        command: name,
        problem: "has keys that each mean something else; say which, such as "
          + "\"\(name) \(example)\" = [\"F7\"]")
    }
    let kept = keys.filter(\.isFixed)
    guard !wished.isEmpty || !kept.isEmpty || canBeNamed else {
      throw KeymapError(command: name, problem: "needs a key: there is no other way to it")
    }
    var command = self
    command.keys = wished + kept
    command.keyText = (wished.isEmpty ? kept : wished).map(\.name).joined(separator: " ")
    return command
  }

  /// Whether the palette leads to it, and something leads to the palette.
  private var canBeNamed: Bool {
    !isTyping && name != "palette" && (isGlobal || !places.isDisjoint(with: .browsing))
  }

  /// The command with what it would be given in the palette, on keys of its own.
  fileprivate func bound(to argument: String, keys: [Key]) throws -> Command {
    let name = "\(name) \(argument)"
    if let choices, !choices.contains(argument) {
      throw KeymapError(
        command: name,
        problem: choices.isEmpty
          ? "is no command: “\(self.name)” is given nothing"
          : "is no command; after “\(self.name)” comes \(choices.joined(separator: ", "))")
    }
    guard !keys.isEmpty else {
      throw KeymapError(
        command: name, problem: "needs a key; \(self.name) = [] takes away those it came with")
    }
    return Command(
      name, keys, "", help: "\(help): \(argument)", in: places, isGlobal: isGlobal,
      unless: obstacle
    ) { [run] workstation, _ in run(&workstation, Call(argument: argument)) }
  }
}
