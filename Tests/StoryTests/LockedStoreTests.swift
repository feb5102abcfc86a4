import Foundation
import GRDB
import TestSupport
import Testing

/// The workstation beside a program that does not let go of the store.
@Suite(
  "In a terminal window, with a locked store", .serialized,
  .enabled(if: Window.isPossible, "tmux is not there"),
  .enabled(if: SharedFiles.hasImage, "SECONDLOOK_CONFORMANCE is not there"))
struct LockedStoreTests {
  /// Another program with the store open, which may begin what it does not end.
  private func neighbour(of program: Program) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    return try DatabaseQueue(
      path: program.home.appending(path: "secondlook.sqlite").path, configuration: configuration)
  }

  @Test("keys are answered, what is not saved is told, nothing is signed, and nothing is lost")
  func locked() async throws {
    let program = try Program()
    defer { program.clean() }
    let outcome = try await program.run("import", SharedFiles.image.path)
    try #require(outcome.status == 0, "\(outcome.output)")
    let other = try neighbour(of: program)
    try await Window.opened(for: program) { window in
      let process = try await window.begin("--as \"Dr Osei\"")
      try await window.shows("Worklist", "ACC0001")
      try await window.press("Enter")
      try await window.shows("not yet (c)", "b new region")
      try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN EXCLUSIVE") }
      try await window.press("c", "n")
      try await window.shows("Called normal")
      try await window.press("r")
      try await window.shows("▸✓ Findings")
      try await window.type(" Words in vain.")
      try await window.shows("vain.", "not saved yet")
      try await window.shows("✖ Draft not saved. Another program is writing to the store.")
      try await window.press("C-s")
      try await window.shows("Type 0001 to sign")
      try await window.type("0001")
      try await window.press("Enter")
      // Each of what waits before it is tried for ten seconds.
      try await window.shows(
        "✖ Not signed. Another program is writing to the store.", within: .seconds(90))
      try await window.type(" And more.")
      try await window.shows("more.")
      let shown = try await program.run("show", "ACC0001", "--json")
      #expect(shown.status == 0 && !shown.output.contains("in vain"), "\(shown.output)")
      try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
      try await window.press("F5")
      try await window.shows("Type 0001 to sign", "draft · saved")
      try await window.type("0001")
      try await window.press("Enter")
      try await window.shows("✓ Signed ACC0001")
      try await window.press("q", "q")
      try await window.hasEnded(process)
    }
    try other.close()
    let shown = try await program.run("show", "ACC0001").output
    #expect(shown.contains("Words in vain. And more."))
    #expect(try await program.run("audit", "--verify").status == 0)
  }

  @Test("a study that waits for the store opens once it is let go, and keys are answered before")
  func opening() async throws {
    let program = try Program()
    defer { program.clean() }
    let outcome = try await program.run("import", SharedFiles.image.path)
    try #require(outcome.status == 0, "\(outcome.output)")
    let other = try neighbour(of: program)
    try await Window.opened(for: program) { window in
      let process = try await window.begin("--as \"Dr Osei\"")
      try await window.shows("Worklist", "ACC0001")
      try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN EXCLUSIVE") }
      try await window.press("Enter")
      try await window.press("?")
      try await window.shows("type to filter")
      try await window.press("Escape")
      try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
      try await window.shows("not yet (c)", "b new region")
      try await window.press("q")
      try await window.shows("Worklist", "ACC0001")
      try await window.press("q")
      try await window.hasEnded(process)
    }
    try other.close()
  }
}
