import Gateway
import Terminal
import Workstation

extension Workplace {
  /// The keys of the configuration.
  ///
  /// - Throws: `ConfigurationError` with the line of a key that cannot be had.
  func keymap() throws -> Keymap {
    do {
      return try Keymap(keys.map { KeyWish(command: $0.command, keys: $0.keys) })
    } catch let error as KeymapError {
      throw keys.first { $0.command == error.command }?.wrong(error.problem) ?? error
    }
  }

  /// The look of the configuration.
  var look: ThemeChoice { theme.flatMap { ThemeChoice(rawValue: $0.rawValue) } ?? .auto }
}
