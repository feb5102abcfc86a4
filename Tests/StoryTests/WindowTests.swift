import Foundation
import TestSupport
import Testing

/// The workstation in a real terminal, with a study waiting.
@Suite(
  "In a terminal window", .serialized, .enabled(if: Window.isPossible, "tmux is not there"),
  .enabled(if: SharedFiles.hasImage, "SECONDLOOK_CONFORMANCE is not there"))
struct WindowTests {
  private let shell = Window.State(isAlternate: false, hearsMouse: false)
  private let ours = Window.State(isAlternate: true, hearsMouse: true)

  @Test("a study is opened, marked, called, reported and signed by keys alone")
  func readingDay() async throws {
    let program = try await withStudy()
    defer { program.clean() }
    try await Window.opened(for: program) { window in
      _ = try await window.begin("--as \"Dr Osei\"")
      try await window.shows("Worklist", "ACC0001", "unread")
      try await window.press("Enter")
      try await window.shows("Image", "No region to look at again", "not yet (c)", "b new region")
      try await mark(in: window)
      try await call(in: window)
      try await report("Opacity in the middle zone.", in: window)
      try await sign(in: window)
      try await window.press("q")
      try await window.isIn(shell)
    }
    #expect(try await program.run("worklist", "--json").output.contains(#""state" : "final""#))
    #expect(
      try await program.run("show", "ACC0001").output.contains("Opacity in the middle zone."))
    #expect(try await program.run("audit", "--verify").status == 0)
  }

  @Test("a report of choices and snippets is previewed, let out, and signed")
  func reportingDay() async throws {
    let program = try await withStudy()
    defer { program.clean() }
    try await Window.opened(for: program) { window in
      _ = try await window.begin("--as \"Dr Osei\"")
      try await window.shows("Worklist", "ACC0001", "unread")
      try await window.press("Enter")
      try await window.shows("not yet (c)", "b new region")
      try await call(in: window)
      try await window.press("r")
      try await window.shows("▸! Findings")
      try await window.press("Tab", "Tab")
      try await window.shows("▸✓ Recommendation")
      try await window.press("C-o")
      try await window.shows("Put in", "CT of the chest.")
      try await window.type("weeks")
      try await window.press("Enter")
      try await window.shows("Pick one")
      try await window.type("6")
      try await window.press("Enter")
      try await window.shows("▸✓ Recommendation", "weeks.")
      try await window.type(" ;disc ")
      try await window.shows("Discussed", "clinician.")
      try await window.press("C-v")
      try await window.shows("As the clinician will read it", "DRAFT", "Not signed")
      try await window.press("q")
      try await window.shows("▸✓ Recommendation")
      try await window.press("C-g")
      try await window.shows("✖ Findings is empty")
      try await window.press("Enter")
      try await window.shows("▸! Findings")
      try await window.press("C-o")
      try await window.shows("Put in", "No pneumothorax.")
      try await window.type("pneumothorax")
      try await window.press("Enter")
      try await window.shows("▸✓ Findings", "No pneumothorax.")
      try await window.press("C-g")
      try await window.shows("Preliminary report", "Type 0001 to let it out")
      try await window.type("0001")
      try await window.press("Enter")
      try await window.shows("✓ Preliminary report given", "preliminary given")
      try await sign(in: window)
      try await window.press("q")
      try await window.isIn(shell)
    }
    let report = try await program.run("show", "ACC0001").output
    #expect(report.contains("in 6 weeks.") && report.contains("Discussed with the referring"))
    #expect(report.contains(" FINAL"))
    #expect(try await program.run("audit", "--verify").status == 0)
  }

  /// Draws a region from the middle of the image to the right and down.
  private func mark(in window: Window) async throws {
    try await window.press("b", "Enter", "L", "L", "J", "Enter")
    try await window.shows("✓ R1", "added by the reader", "R1 added")
  }

  /// Tries to sign too early; the guard leads to the call that is missing.
  private func call(in window: Window) async throws {
    try await window.press("S")
    try await window.shows("✖ The study is called neither")
    try await window.press("Enter", "s")
    try await window.shows("Called suspicious; S signs")
  }

  private func report(_ sentence: String, in window: Window) async throws {
    try await window.press("r")
    try await window.shows("▸✓ Findings", "R1: abnormal region")
    try await window.press("Tab")
    try await window.shows("▸✓ Impression")
    try await window.type(" " + sentence)
    try await window.shows(sentence)
  }

  /// The last four of the accession, and only those, sign.
  private func sign(in window: Window) async throws {
    try await window.press("C-s")
    try await window.shows("Type 0001 to sign")
    try await window.type("1000")
    try await window.press("Enter")
    try await window.shows("Type 0001 to sign, the end of the accession")
    try await window.press("C-u")
    try await window.type("0001")
    try await window.press("Enter")
    try await window.shows("✓ Signed ACC0001", "1 signed")
  }

  @Test("a study that is open is nobody else's, until it is left")
  func locks() async throws {
    let program = try await withStudy()
    defer { program.clean() }
    try await Window.opened(for: program) { window in
      _ = try await window.begin("--as \"Dr Patel\"")
      try await window.shows("ACC0001")
      try await window.press("Enter")
      try await window.shows("b new region")
      let refused = try await program.run("review", "ACC0001", "--normal", "--as", "Dr Osei")
      #expect(refused.status != 0 && refused.output.contains("open by Dr Patel"), "\(refused)")
      try await window.press("q")
      try await window.shows("Worklist")
      let taken = try await program.run("review", "ACC0001", "--normal", "--as", "Dr Osei")
      #expect(taken.status == 0, "\(taken)")
      try await window.press("q")
      try await window.isIn(shell)
    }
  }

  @Test("whoever leaves gets the terminal back as it was", arguments: ["q", "TERM"])
  func givesBack(way: String) async throws {
    let program = try await withStudy()
    defer { program.clean() }
    try await Window.opened(for: program) { window in
      let before = try await window.shell("stty -a")
      let process = try await window.begin()
      try await window.shows("ACC0001")
      try await window.isIn(ours)
      if way == "q" { try await window.press("q") } else { kill(process, SIGTERM) }
      try await window.hasEnded(process)
      try await window.isIn(shell)
      #expect(try await window.shell("stty -a") == before)
    }
    let journal = program.home.appending(path: "secondlook.sqlite-wal").path
    #expect(!FileManager.default.fileExists(atPath: journal), "the store was closed")
  }

  @Test("Control-Z gives the shell the terminal, and fg paints everything again")
  func suspends() async throws {
    let program = try await withStudy()
    defer { program.clean() }
    try await Window.opened(for: program) { window in
      let before = try await window.shell("stty -a")
      _ = try await window.begin()
      try await window.shows("ACC0001")
      try await window.press("C-z")
      try await window.isIn(shell)
      #expect(try await window.shell("stty -a") == before)
      #expect(try await !window.screen().contains("ACC0001"))
      try await window.press("f", "g", "Enter")
      try await window.shows("Worklist", "ACC0001", "? help")
      try await window.isIn(ours)
      try await window.press("q")
      try await window.isIn(shell)
    }
  }

  @Test("a window that is closed ends the program and keeps what was being written")
  func hangsUp() async throws {
    let program = try await withStudy()
    defer { program.clean() }
    let process = try await Window.opened(for: program) { window in
      let process = try await window.begin()
      try await window.shows("ACC0001")
      try await window.press("Enter")
      try await window.shows("b new region")
      try await window.press("r")
      try await window.shows("▸✓ Findings")
      try await window.type(" Fever since Monday.")
      try await window.shows("Monday.")
      try await window.close()
      try await window.hasEnded(process)
      return process
    }
    #expect(process > 0)
    #expect(try await program.run("show", "ACC0001").output.contains("Fever since Monday."))
    #expect(try await program.run("audit", "--verify").status == 0)
  }

  @Test("a kill in the middle of a sentence loses no word before it, and the reader is back there")
  func killed() async throws {
    let program = try await withStudy()
    defer { program.clean() }
    try await Window.opened(for: program) { window in
      let process = try await window.begin("--as \"Dr Osei\"")
      try await window.shows("ACC0001")
      try await window.press("Enter")
      try await window.shows("b new region")
      try await window.press("r")
      try await window.shows("▸✓ Findings")
      try await window.type(" Fever since Monday.")
      try await window.shows("Monday.", "draft · saved")
      try await window.type(" And")
      kill(process, SIGKILL)
      try await window.hasEnded(process)
    }
    #expect(try await program.run("show", "ACC0001").output.contains("Fever since Monday."))
    #expect(try await program.run("audit", "--verify").status == 0)
    // The window of the one that was killed is left as it was: the next one is new.
    try await Window.opened(for: program) { window in
      _ = try await window.begin("--as \"Dr Osei\"")
      try await window.shows("▸✓ Findings", "Monday.")
      try await window.type(" No cough.")
      try await window.shows("No cough.", "draft · saved")
    }
  }

  @Test("a store that is taken away is told at once, and leaving asks about what is not in it")
  func goneStore() async throws {
    let program = try await withStudy()
    defer { program.clean() }
    try await Window.opened(for: program) { window in
      let process = try await window.begin("--as \"Dr Osei\"")
      try await window.shows("ACC0001")
      try await window.press("Enter")
      try await window.shows("b new region")
      try FileManager.default.removeItem(at: program.home)
      try await window.shows("✖ The store's file was moved, deleted or replaced")
      try await window.press("c", "n")
      try await window.shows("✖ Decisions not saved.")
      try await window.press("q")
      try await window.shows("Worklist")
      try await window.press("q")
      try await window.shows("Not saved: what you wrote or decided of", "ACC0001.")
      try await window.press("y")
      try await window.hasEnded(process)
      try await window.isIn(shell)
    }
    #expect(!FileManager.default.fileExists(atPath: program.home.path))
  }

  @Test("a storm of resizes leaves the screen right, and a window closed in it loses no word")
  func resizeStorm() async throws {
    let program = try await withStudy()
    defer { program.clean() }
    try await Window.opened(for: program) { window in
      let process = try await window.begin("--as \"Dr Osei\"")
      try await window.shows("ACC0001")
      try await window.press("Enter")
      try await window.shows("b new region")
      try await window.press("r")
      try await window.shows("▸✓ Findings")
      for step in 0..<24 {
        try await window.resize(columns: 12 + step * 37 % 180, rows: 4 + step * 29 % 60)
        if step.isMultiple(of: 4) { try await window.type("x") }
      }
      try await window.resize(columns: 80, rows: 24)
      try await window.shows("Report", "Findings")
      try await window.resize(columns: 120, rows: 30)
      try await window.shows("▸✓ Findings", "Image")
      try await window.type(" Fever since Monday.")
      try await window.shows("Monday.")
      try await window.resize(columns: 20, rows: 5)
      try await window.close()
      try await window.hasEnded(process)
    }
    #expect(try await program.run("show", "ACC0001").output.contains("Fever since Monday."))
  }

  @Test("a window that is too small says so, and a larger one shows the worklist")
  func tooSmall() async throws {
    let program = try await withStudy()
    defer { program.clean() }
    try await Window.opened(for: program, columns: 59, rows: 15) { window in
      _ = try await window.begin()
      try await window.shows("needs 60 × 16 cells", "has 59 × 15", "Nothing is lost.")
      try await window.resize(columns: 60, rows: 16)
      try await window.shows("Worklist", "ACC0001")
      try await window.press("q")
      try await window.isIn(shell)
    }
  }

  @Test(
    "a VT100 and a locale without UTF-8 show the study, each and both",
    arguments: ["TERM=vt100", "LC_ALL=C", "TERM=vt100 LC_ALL=C"])
  func plain(setting: String) async throws {
    let program = try await withStudy()
    defer { program.clean() }
    try await Window.opened(for: program) { window in
      let process = try await window.begin(with: setting)
      try await window.shows("SecondLook", "ACC0001")
      try await window.press("Enter")
      let screen = try await window.shows("Regions", "b new region")
      #expect(!setting.contains("LC_ALL=C") || screen.utf8.allSatisfy { $0 < 0x80 })
      try await window.press("q")
      try await window.shows("Worklist")
      try await window.press("q")
      try await window.hasEnded(process)
    }
  }

  private func withStudy() async throws -> Program {
    let program = try Program()
    let outcome = try await program.run("import", SharedFiles.image.path)
    try #require(outcome.status == 0, "\(outcome.output)")
    return program
  }
}
