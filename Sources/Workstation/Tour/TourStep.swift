/// One key, or a few characters, that the tour asks for.
struct TourStep: Sendable {
  enum Wanted: Sendable, Equatable {
    /// One of the keys of the command with this name.
    case command(String)
    case text(String)
    /// What the signature of the open study asks for.
    case token
  }

  let wanted: Wanted
  /// What the key is for, as the end of a sentence that begins with the key.
  let purpose: String
  /// What there is to know, once it was done.
  ///
  /// `{name}` stands for the key of a command.
  let taught: String

  init(_ command: String, _ purpose: String, taught: String) {
    (wanted, self.purpose, self.taught) = (.command(command), purpose, taught)
  }

  init(typing wanted: Wanted, _ purpose: String, taught: String) {
    (self.wanted, self.purpose, self.taught) = (wanted, purpose, taught)
  }

  /// The name of the command, if it is one.
  var command: String? {
    if case .command(let name) = wanted { name } else { nil }
  }

  /// What there is to know, with the reader's own keys.
  func lesson(_ keymap: Keymap) -> String {
    taught.replacing(/\{([a-z-]+)\}/) { keymap.key(String($0.1)) }
  }
}
