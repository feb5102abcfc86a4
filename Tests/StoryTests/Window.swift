import Foundation
import TestSupport
import Testing

/// A terminal window: a tmux server of its own with a shell in it, and eyes and hands for both.
struct Window {
  static let tmux = URL(filePath: "/usr/bin/tmux")
  static let isPossible = FileManager.default.isExecutableFile(atPath: tmux.path)

  /// What is seen and felt of the terminal.
  struct State: Equatable {
    /// Whether the screen that programs borrow is shown.
    let isAlternate: Bool
    let hearsMouse: Bool
  }

  /// A server of its own: one that is still going must not be asked for a new window.
  private let options = ["-u", "-f", "/dev/null", "-L", "story\(UInt16.random(in: .min ... .max))"]
  private let program: Program
  /// Where a program that was started with ``begin(_:with:)`` leaves its process number.
  private var note: URL { program.folder.appending(path: "pid") }

  /// Opens a window, lets it be used, and ends its server whatever happened.
  static func opened<Result>(
    for program: Program, columns: Int = 100, rows: Int = 30,
    _ body: (Window) async throws -> Result
  ) async throws -> Result {
    var program = program
    program.environment.merge([
      "TMUX_TMPDIR": program.folder.path, "LC_ALL": "C.UTF-8", "TERM": "xterm-256color",
    ]) { $1 }
    let window = Window(program: program)
    do {
      try await window.tmux(
        "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", "/usr/bin/env", "PS1=$ ", "sh")
      let result = try await body(window)
      try await window.close()
      return result
    } catch {
      try? await window.close()
      throw error
    }
  }

  /// The window is closed from outside; a program in it is hung up on.
  func close() async throws {
    _ = try await program.run(Self.tmux, options + ["kill-server"])
  }

  func resize(columns: Int, rows: Int) async throws {
    try await tmux("resize-window", "-x", "\(columns)", "-y", "\(rows)")
  }

  /// Presses keys by tmux's names, for example `Enter` or `C-z`; a single character is itself.
  func press(_ keys: String...) async throws { try await tmux(["send-keys"] + keys) }

  func type(_ text: String) async throws { try await tmux("send-keys", "-l", text) }

  /// Begins the workstation from the shell, and answers its process number.
  func begin(_ arguments: String = "", with settings: String = "") async throws -> Int32 {
    try? FileManager.default.removeItem(at: note)
    try await type("\(settings) sh -c 'echo $$ > \(note.path); exec \"$PROGRAM\" \(arguments)'")
    try await press("Enter")
    return try await until("the program has begun") {
      let text = try? String(contentsOf: note, encoding: .utf8)
      return text.flatMap { $0.hasSuffix("\n") ? Int32($0.dropLast()) : nil }
    }
  }

  /// Runs a command in the shell of the window, and answers what it wrote.
  ///
  /// When this returns the shell has the terminal and waits.
  func shell(_ command: String) async throws -> String {
    let place = program.folder.appending(path: "said-\(UUID().uuidString)")
    try await type("\(command) > \(place.path).part; mv \(place.path).part \(place.path)")
    try await press("Enter")
    return try await until("the shell has run “\(command)”") {
      try? String(contentsOf: place, encoding: .utf8)
    }
  }

  /// Waits until the screen shows all of some words, and answers it.
  @discardableResult
  func shows(
    _ words: String..., within limit: Duration = .seconds(30),
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> String {
    try await until("the screen shows \(words)", within: limit, sourceLocation: sourceLocation) {
      let screen = try await screen()
      return words.allSatisfy(screen.contains) ? screen : nil
    }
  }

  func isIn(_ state: State, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    _ = try await until("the terminal is in \(state)", sourceLocation: sourceLocation) {
      try await self.state() == state ? true : nil
    }
  }

  func hasEnded(_ process: Int32, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    _ = try await until("process \(process) has ended", sourceLocation: sourceLocation) {
      // Whoever has ended and is waited for by nobody stays as a Z.
      let line = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
      return line.map { $0.contains(") Z ") } ?? true ? true : nil
    }
  }

  /// The text of the screen, or with `withEscapes` also how it is coloured.
  func screen(withEscapes: Bool = false) async throws -> String {
    try await tmux(["capture-pane", "-p"] + (withEscapes ? ["-e"] : []))
  }

  private func state() async throws -> State {
    let flags = try await tmux("display-message", "-p", "#{alternate_on}#{mouse_any_flag}")
    return State(isAlternate: flags.first == "1", hearsMouse: flags.dropFirst().first == "1")
  }

  /// Looks again and again until there is an answer; half a minute is more than anything takes.
  private func until<Answer>(
    _ fact: String, within limit: Duration = .seconds(30),
    sourceLocation: SourceLocation = #_sourceLocation, _ look: () async throws -> Answer?
  ) async throws -> Answer {
    let deadline = ContinuousClock.now + limit
    while true {
      let isLast = ContinuousClock.now > deadline
      if let answer = try await look() { return answer }
      if isLast { break }
      try await Task.sleep(for: .milliseconds(50))
    }
    let screen = (try? await screen()) ?? "(the window is gone)"
    let comment: Comment = "It never came that \(fact). The screen is:\n\(screen)"
    return try #require(nil as Answer?, comment, sourceLocation: sourceLocation)
  }

  @discardableResult
  private func tmux(_ arguments: String...) async throws -> String { try await tmux(arguments) }

  @discardableResult
  private func tmux(_ arguments: [String]) async throws -> String {
    let outcome = try await program.run(Self.tmux, options + arguments)
    try #require(outcome.status == 0, "tmux \(arguments) says \(outcome.output)")
    return outcome.output
  }
}
