/// Why the terminal could not be taken.
public enum TerminalError: Error, Hashable, CustomStringConvertible {
  case notATerminal
  case unknownTerminal(name: String)
  case noLog(path: String)

  public var description: String {
    switch self {
    case .notATerminal:
      "Input or output is not a terminal. Nothing was changed. Run this in a terminal window."
    case .unknownTerminal(let name):
      "The terminal type '\(name)' is unknown here or cannot place text. Nothing was changed. "
        + "Try again with TERM=xterm-256color or TERM=vt100."
    case .noLog(let path):
      "The log file '\(path)' cannot be opened. Nothing was changed. Check its folder."
    }
  }
}
