import Foundation
import Reporting

/// The program itself in a terminal, with a store of many studies: each key is pressed and timed.
struct ScreenBench {
  let store: BenchWorklist
  let folder: URL
  /// How often each key is pressed.
  let presses: Int

  private static let program = "secondlook"

  func measure(_ progress: (String) -> Void) throws -> [ScreenRow] {
    guard let program = Assets.runningExecutable else {
      throw BenchError.failed(process: Self.program, saying: "/proc is not there")
    }
    var rows: [ScreenRow] = []
    progress("First paint …")
    var starts: [Double] = []
    for _ in 0..<10 { starts.append(try start(program).2) }
    rows.append(
      ScreenRow(
        what: "first paint", studies: store.count, program: Self.program, times: Times(starts),
        aim: store.count > 100_000 ? 250 : 100))
    let (terminal, tool, _) = try start(program)
    // What the program learns of its terminal, and what it draws then, belongs to no key.
    terminal.drawn(quiet: .milliseconds(300))
    progress("The list …")
    rows += [
      keys("list scroll", terminal, ["j"]),
      keys("list page", terminal, ["\u{04}", "\u{04}", "\u{15}"]),
      keys("list end and top", terminal, ["G", "gg"], times: 20, quiet: .milliseconds(300)),
    ]
    rows.append(
      figure("memory, list", Idleness(of: tool.process).memory, "MB", aim: 60))
    rows += filter(terminal)
    progress("The other screens …")
    rows += others(terminal)
    progress("Doing nothing …")
    let rest = Idleness.watch(tool.process, seconds: 10)
    rows += [
      figure("idle wake-ups", rest.wakeUps, "per second", aim: 0),
      figure("idle CPU", rest.load, "%", aim: 0),
    ]
    progress("The image …")
    rows += try image(terminal)
    rows.append(
      figure("memory, image", Idleness(of: tool.process).memory, "MB"))
    return rows
  }

  /// Starts the program; the time until the first row of the list is drawn.
  private func start(_ program: URL) throws -> (PseudoTerminal, BenchTool, Double) {
    let terminal = try PseudoTerminal(columns: 160, rows: 50)
    let start = ContinuousClock.now
    let tool = try BenchTool(
      program.path, ["--home", store.home.path], in: folder, on: terminal)
    let shown = try terminal.wait(for: BenchWorklist.top)
    return (terminal, tool, (shown - start) / .milliseconds(1))
  }

  private func keys(
    _ what: String, _ terminal: PseudoTerminal, _ keys: [String], times: Int? = nil,
    quiet: Duration = .milliseconds(25), aim: Double? = 16
  ) -> ScreenRow {
    let answers = (0..<(times ?? presses)).map {
      terminal.press(keys[$0 % keys.count], quiet: quiet)
    }
    return row(what, answers, aim: times == nil ? aim : nil)
  }

  /// Types filters: each key has to be seen at once, the list may follow.
  private func filter(_ terminal: PseudoTerminal) -> [ScreenRow] {
    var typing: [PseudoTerminal.Answer?] = []
    var finding: [PseudoTerminal.Answer?] = []
    let settled = Duration.milliseconds(800)
    for words in ["class:suspicious", "p>0.5 modality:cr", "aalto", "-class:normal age>60"] {
      terminal.press("/")
      typing += words.map { terminal.press(String($0), quiet: .milliseconds(5)) }
      terminal.drawn(quiet: settled)
      terminal.press("\u{1B}", quiet: settled)
      terminal.press("/")
      finding.append(terminal.press(words, quiet: settled))
      terminal.press("\u{1B}", quiet: settled)
    }
    return [
      row("filter keystroke", typing, aim: 16), row("filter, until its list", finding, aim: nil),
    ]
  }

  /// The screens beside the reading, and what lies over them.
  private func others(_ terminal: PseudoTerminal) -> [ScreenRow] {
    func on(_ open: String, _ what: String, _ steps: [String], leave: String) -> ScreenRow {
      terminal.press(open, quiet: .milliseconds(800))
      defer { terminal.press(leave, quiet: .milliseconds(300)) }
      return keys(what, terminal, steps)
    }
    return [
      on("gs", "sync and system in turn", ["gy", "gs"], leave: "gw"),
      on("gl", "log scroll", ["j", "j", "k"], leave: "gw"),
      on("gc", "find a patient, typing", ["a", "\u{7F}"], leave: "\u{1B}"),
      on("?", "help, typing", ["z", "\u{7F}"], leave: "\u{1B}"),
      on(":", "palette, typing", ["s", "\u{7F}"], leave: "\u{1B}"),
    ]
  }

  /// Types into the report of the open study.
  private func report(_ terminal: PseudoTerminal) -> ScreenRow {
    terminal.press("r", quiet: .milliseconds(300))
    return keys("report, typing", terminal, "no acute finding ".map(String.init))
  }

  private func image(_ terminal: PseudoTerminal) throws -> [ScreenRow] {
    terminal.press("gg", quiet: .milliseconds(300))
    terminal.press("\r", quiet: .zero)
    // The title of the list of regions: the study is open. Its image takes a moment longer.
    _ = try terminal.wait(for: "Regions")
    terminal.drawn(quiet: .seconds(3))
    terminal.press("+", quiet: .milliseconds(300))
    terminal.press("+", quiet: .milliseconds(300))
    let steps = ["l", "l", "j", "h", "h", "k"]
    let pan = (0..<presses).map { terminal.press(steps[$0 % steps.count]) }
    return [
      row("image pan", pan, aim: 16),
      figure("a pan step", Times(pan.compactMap { $0.map { Double($0.bytes) } }).median, "bytes"),
      keys("window level", terminal, ["]", "]", "[", "["]),
      keys("window width", terminal, ["}", "}", "{", "{"]),
      keys("zoom", terminal, ["+", "-"]), report(terminal),
    ]
  }

  private func figure(
    _ what: String, _ value: Double, _ unit: String, aim: Double? = nil
  ) -> ScreenRow {
    ScreenRow(
      what: what, studies: store.count, program: Self.program, value: value, unit: unit, aim: aim)
  }

  private func row(
    _ what: String, _ answers: [PseudoTerminal.Answer?], aim: Double?
  ) -> ScreenRow {
    ScreenRow(what, studies: store.count, program: Self.program, answers, aim: aim)
  }
}
