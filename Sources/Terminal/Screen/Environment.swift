import Glibc

/// What the environment says about the terminal.
struct Environment {
  /// `$TERM`.
  let terminal: String
  /// Whether tmux or screen stands between us and the terminal.
  let isInsideMultiplexer: Bool
  /// Whether the reader wants no hues.
  ///
  /// Source: no-color.org, present and not empty.
  let isWithoutColour: Bool

  init() {
    func value(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
    terminal = value("TERM")
    isInsideMultiplexer =
      !value("TMUX").isEmpty || !value("STY").isEmpty || terminal.hasPrefix("screen")
      || terminal.hasPrefix("tmux")
    isWithoutColour = !value("NO_COLOR").isEmpty
  }
}
