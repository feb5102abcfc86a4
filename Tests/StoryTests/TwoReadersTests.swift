import Foundation
import Radiology
import Store
import TestSupport
import Testing

/// Two readers on one store, one of them in a real terminal.
@Suite(
  "Two readers", .serialized, .enabled(if: Window.isPossible, "tmux is not there"),
  .enabled(if: SharedFiles.hasImage, "SECONDLOOK_CONFORMANCE is not there"))
struct TwoReadersTests {
  private func withStudy(
    _ body: (_ program: Program, _ store: Store, _ study: Study.ID) async throws -> Void
  ) async throws {
    let program = try Program()
    defer { program.clean() }
    _ = try await program.run("import", SharedFiles.image.path)
    let store = try Store(home: program.home)
    try await body(program, store, try store.study(named: "ACC0001").uid)
  }

  @Test("a reader whose study is taken over is told at once, and the words are kept")
  func takenOver() async throws {
    try await withStudy { program, store, study in
      try await Window.opened(for: program) { window in
        _ = try await window.begin("--as \"Dr Osei\"")
        try await window.shows("Worklist", "ACC0001")
        try await window.press("Enter")
        try await window.shows("not yet (c)")
        try await window.press("r")
        try await window.shows("▸✓ Findings")
        try await window.type(" My own words")
        try await window.shows("My own")
        try store.takeOver(study, by: "Dr Patel", because: "the patient cannot wait", at: Date())
        try await window.shows("Taken over by Dr Patel: the patient cannot wait", "My own")
        try await window.press("Escape")
        // Pressed at once, the two would be Alt-q.
        try await window.shows("? help")
        try await window.press("q")
        try await window.shows("Worklist")
      }
      let kept = try #require(try store.setAside(of: study, by: "Dr Osei"))
      #expect(kept.sections.contains { $0.text.contains("My own words") })
      #expect(try store.lease(of: study)?.reader == "Dr Patel")
    }
  }

  @Test("a study that is open elsewhere is read-only until it is taken over with a reason")
  func takesOver() async throws {
    try await withStudy { program, store, study in
      _ = try store.claim(study, by: "Dr Patel", at: Date())
      try await Window.opened(for: program) { window in
        _ = try await window.begin("--as \"Dr Osei\"")
        try await window.shows("Worklist", "ACC0001")
        try await window.press("Enter")
        try await window.shows("read-only", "Dr Patel since")
        try await window.press("T")
        try await window.shows("Open by Dr Patel since", "▸ handed over by agreement")
        try await window.press("Down", "Enter")
        try await window.shows("not yet (c)", "b new region")
        #expect(try !store.renew(study))
        #expect(throws: StoreError.self) { try store.saveDraft(Self.report(study)) }
      }
      #expect(
        try await program.run("audit").output.contains("From Dr Patel: the reader is away"))
    }
  }

  @Test("a shell claims a reader's own open study with a reason alone, and the session is told")
  func ownSession() async throws {
    try await withStudy { program, store, study in
      try await Window.opened(for: program) { window in
        _ = try await window.begin("--as \"Dr Osei\"")
        try await window.shows("Worklist", "ACC0001")
        try await window.press("Enter")
        try await window.shows("not yet (c)")
        for way in [[], ["--release"]] {
          let refused = try await program.run(
            Program.executable, ["claim", "ACC0001", "--as", "Dr Osei"] + way)
          #expect(refused.status != 0 && refused.output.contains("--take-over"), "\(refused)")
        }
        try await window.press("c", "n")
        try await window.shows("Called normal")
        let taken = try await program.run(
          "claim", "ACC0001", "--as", "Dr Osei", "--take-over", "--because", "I am at home")
        #expect(taken.status == 0, "\(taken)")
        try await window.shows("Taken over by Dr Osei: I am at home")
      }
      #expect(try store.review(of: study)?.call == .normal)
    }
  }

  private static func report(_ study: Study.ID) -> Report {
    Report(study: study, sections: [], author: "Dr Patel", changed: Date())
  }

  @Test("a signed study is read once more blind, and a grave miss goes to a third reader")
  func secondLook() async throws {
    try await withStudy { program, store, study in
      try store.save(
        Triage(
          study: study, probability: 0.93, threshold: 0.5, findings: [], model: "m", made: Date()))
      _ = try await program.run("review", "ACC0001", "--normal", "--as", "Dr Patel")
      #expect(try await program.run("sign", "ACC0001", "--as", "Dr Patel").status == 0)
      try await Window.opened(for: program) { window in
        _ = try await window.begin("--as \"Dr Osei\"")
        try await window.shows("Worklist", "ACC0001")
        try await window.press("Enter")
        let blind = try await window.shows("second look · first reading hidden", "Image")
        #expect(!blind.contains("Dr Patel") && !blind.contains("No acute"))
        try await window.press("c", "s")
        try await window.shows("Your call: suspicious · first reader: normal")
        try await window.press("3", "b", "Enter")
        try await window.shows("✓ Recorded. It goes to a third reader.")
      }
      let look = try #require(try store.secondLook(of: study))
      #expect(look.state == .arbitration && look.second?.score == .usualGrave)
      #expect(look.second?.isBlind == true && look.second?.reader == "Dr Osei")
    }
  }
}
