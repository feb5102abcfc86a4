import Foundation
import GRDB
import TestSupport
import Testing

/// The workstation over a store that takes no draft.
@Suite(
  "In a terminal window, with a store that refuses words", .serialized,
  .enabled(if: Window.isPossible, "tmux is not there"),
  .enabled(if: SharedFiles.hasImage, "SECONDLOOK_CONFORMANCE is not there"))
struct RefusedDraftTests {
  @Test("who leaves at once after the last word is asked first, and loses none of it")
  func leaving() async throws {
    let program = try Program()
    defer { program.clean() }
    let outcome = try await program.run("import", SharedFiles.image.path)
    try #require(outcome.status == 0, "\(outcome.output)")
    let store = try DatabaseQueue(
      path: program.home.appending(path: "secondlook.sqlite").path)
    try await store.write {
      try $0.execute(
        sql: """
          CREATE TRIGGER refuses BEFORE INSERT ON report
            BEGIN SELECT RAISE(ABORT, 'no words today'); END
          """)
    }
    try await Window.opened(for: program) { window in
      let process = try await window.begin("--as \"Dr Osei\"")
      try await window.shows("Worklist", "ACC0001")
      try await window.press("Enter")
      try await window.shows("b new region")
      try await window.press("r")
      try await window.shows("▸✓ Findings")
      try await window.type("words")
      try await window.press("Escape")
      try await window.shows("b new region")
      // Both keys arrive at once: nothing has failed yet when the second one does.
      try await window.press("q", "q")
      try await window.shows("Not saved: what you wrote", "ACC0001", "y leave without it")
      try await window.press("n")
      try await store.write { try $0.execute(sql: "DROP TRIGGER refuses") }
      try await window.press("F5")
      try await window.shows("Words of yours are kept apart")
      try await window.type(":put-back-words")
      try await window.press("Enter")
      try await window.shows("words")
      try await window.press("Escape")
      try await window.shows("b new region")
      try await window.press("q", "q")
      try await window.hasEnded(process)
    }
    try store.close()
    let shown = try await program.run("show", "ACC0001", "--json").output
    #expect(shown.contains("words"))
  }
}
