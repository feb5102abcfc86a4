import Foundation

/// tig with as many commits as the worklist has studies: a list people love, measured alike.
struct TigBench {
  let count: Int
  let folder: URL
  let presses: Int

  private static let top = "BENCHTOP"

  func measure() throws -> [ScreenRow] {
    let repository = folder.appending(path: "tig")
    try makeRepository(at: repository)
    var starts: [Double] = []
    for _ in 0..<10 { starts.append(try start(repository).2) }
    let (terminal, tool, _) = try start(repository)
    // It reads on after its first screen.
    terminal.drawn(quiet: .seconds(3))
    func keys(_ what: String, _ keys: [String]) -> ScreenRow {
      ScreenRow(
        what, studies: count, program: "tig",
        (0..<presses).map { terminal.press(keys[$0 % keys.count]) })
    }
    var rows = [
      ScreenRow(what: "first paint", studies: count, program: "tig", times: Times(starts)),
      keys("list scroll", ["j"]),
      keys("list page", ["\u{04}", "\u{04}", "\u{15}"]),
    ]
    let rest = Idleness.watch(tool.process, seconds: 10)
    for (what, value, unit) in [
      ("memory, list", Idleness(of: tool.process).memory, "MB"),
      ("idle wake-ups", rest.wakeUps, "per second"), ("idle CPU", rest.load, "%"),
    ] {
      rows.append(
        ScreenRow(what: what, studies: count, program: "tig", value: value, unit: unit))
    }
    return rows
  }

  private func start(_ repository: URL) throws -> (PseudoTerminal, BenchTool, Double) {
    let terminal = try PseudoTerminal(columns: 160, rows: 50)
    let start = ContinuousClock.now
    let tool = try BenchTool("tig", ["-C", repository.path], in: folder, on: terminal)
    return (terminal, tool, (try terminal.wait(for: Self.top) - start) / .milliseconds(1))
  }

  /// A history of so many commits of nothing.
  private func makeRepository(at repository: URL) throws {
    var stream = ""
    for number in 1...count {
      let subject = number == count ? Self.top : "Study \(number)"
      stream += """
        commit refs/heads/main
        committer A <a@example.org> \(1_700_000_000 + number) +0000
        data \(subject.utf8.count)
        \(subject)

        """
    }
    let file = folder.appending(path: "commits")
    try Data(stream.utf8).write(to: file)
    try BenchTool.run(
      "sh",
      [
        "-c", "git init -q -b main \"$1\" && git -C \"$1\" fast-import --quiet < \"$2\"", "sh",
        repository.path, file.path,
      ], in: folder)
  }
}
