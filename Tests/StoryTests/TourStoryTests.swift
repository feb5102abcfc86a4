import Foundation
import TestSupport
import Testing

/// The tour in a real terminal, on its own studies.
@Suite("The tour's story", .serialized, .enabled(if: Window.isPossible, "tmux is not there"))
struct TourStoryTests {
  @Test("a newcomer presses what is asked for, signs a synthetic study, and nothing is left")
  func walk() async throws {
    let program = try Program()
    defer { program.clean() }
    try await Window.opened(for: program) { window in
      let process = try await window.begin("tour")
      try await window.shows("Tour 1 of", "Press j", "SYNTHETIC")
      for (key, sentence) in [
        ("j", "Press /"), ("/", "Type p>0.9"), ("p", "Type >0.9"), (">", "Type 0.9"),
        ("0", "Type .9"), (".", "Type 9"), ("9", "Press ⏎: keeps"), ("Enter", "Press ⏎: opens"),
        ("Enter", "Press n: shows"), ("n", "Press i"), ("i", "Press 0"), ("0", "Press a"),
        ("a", "Press u"), ("u", "Press ^R"), ("C-r", "Press n: goes on"), ("n", "Press x"),
        ("x", "Press s: gives"), ("s", "Press c"), ("c", "Press s: calls"), ("s", "Press r"),
        ("r", "Press Esc"), ("Escape", "Press S"), ("S", "Type "),
      ] {
        try await window.press(key)
        try await window.shows(sentence)
      }
      try await sign(in: window)
      for (key, sentence) in [
        ("?", "Press Esc: closes the help"), ("Escape", "Press :"), (":", "Press Esc"),
        ("Escape", "Press g"), ("g", "Press s: shows"), ("s", "Press q: goes back"),
        ("q", "Press q: leaves"), ("q", "The tour is over"),
      ] {
        try await window.press(key)
        try await window.shows(sentence)
      }
      try await window.press("Enter")
      try await window.hasEnded(process)
    }
    #expect(try await !program.run("worklist").output.contains("SYN-"), "the reader's own store")
  }

  /// Types what the box asks for: the end of an accession that was drawn by lot.
  private func sign(in window: Window) async throws {
    let screen = try await window.shows("Type ", ": shows that you look at the right patient")
    let token = try #require(screen.firstMatch(of: /Type (\S+): shows/)?.1)
    try await window.type(String(token))
    try await window.shows("Press ⏎: signs")
    try await window.press("Enter")
    try await window.shows("Signed. From now on", "Press ?")
  }

  @Test("where there is no terminal the tour says where to run it")
  func noTerminal() async throws {
    let program = try Program()
    defer { program.clean() }
    let outcome = try await program.run("tour")
    #expect(outcome.status != 0)
    #expect(outcome.output.contains("Run this in a terminal window."))
  }
}
