import Foundation
import Radiology
import Store
import TestSupport
import Testing

/// A sysadmin and a clinician in real terminals.
@Suite(
  "A sysadmin and a clinician", .serialized, .enabled(if: Window.isPossible, "tmux is not there"),
  .enabled(if: SharedFiles.hasImage, "SECONDLOOK_CONFORMANCE is not there"))
struct SystemStoryTests {
  private func withStudy(
    _ triage: (Study.ID) -> Triage,
    _ body: (_ program: Program, _ store: Store) async throws -> Void
  ) async throws {
    let program = try Program()
    defer { program.clean() }
    _ = try await program.run("import", SharedFiles.image.path)
    let store = try Store(home: program.home)
    try store.save(triage(try store.study(named: "ACC0001").uid))
    try await body(program, store)
  }

  @Test("a study that failed is found on the system screen with its reason, and tried again")
  func failed() async throws {
    try await withStudy({
      Triage(study: $0, refused: .failed("The decoder was gone."), model: "m", made: Date())
    }) { program, store in
      try await Window.opened(for: program) { window in
        _ = try await window.begin("--as admin")
        try await window.shows("Worklist", "ACC0001")
        try await window.press("g", "s")
        try await window.shows("Failed studies  1", "✖ ACC0001", "The decoder was gone.")
        try await window.press("n")
        try await window.shows("▸ ✖ ACC0001", "t try again")
        try await window.press("t")
        try await window.shows("asked to be read again")
        #expect(try await program.run("agent", "--once").status == 0)
        try await window.press("g", "l")
        try await window.shows("askedAgain", "to be read once more", "triaged")
      }
      #expect(try store.failedStudies(limit: 9).count == 0)
      #expect(try await program.run("retry").output == "No study has failed.\n")
    }
  }

  @Test("a document that was given up is found on the system screen with what helps, and sent")
  func deadLetter() async throws {
    try await withStudy({
      Triage(study: $0, probability: 0.1, threshold: 0.5, findings: [], model: "m", made: Date())
    }) { program, store in
      _ = try await program.run("review", "ACC0001", "--normal", "--as", "Dr Osei")
      #expect(try await program.run("sign", "ACC0001", "--as", "Dr Osei").status == 0)
      let now = Date()
      #expect(try store.route([Route(destination: "ward", formats: [.text])], at: now) == 1)
      let item = try #require(try store.nextDelivery(to: "ward", at: now))
      try store.noteFailed(
        item, DeliveryProblem(.refused, "The ward takes no reports."), under: RetryRule(), at: now)
      try await Window.opened(for: program) { window in
        _ = try await window.begin("--as admin")
        try await window.shows("Worklist", "ACC0001")
        try await window.press("g", "s")
        try await window.shows("Documents given up  1", "✖ ACC0001", "The ward takes no reports.")
        try await window.press("n")
        try await window.shows("▸ ✖ ACC0001", "→ Ask whoever runs the destination why")
        try await window.press("t")
        try await window.shows("1 document will be sent again")
        #expect(try await !window.screen().contains("Documents given up"))
      }
      #expect(try store.outbox([.dead]).isEmpty && store.outbox([.waiting]).count == 1)
      #expect(try store.audit().contains { $0.kind == .askedAgain && $0.actor == "admin" })
    }
  }

  @Test("a candidate that passed its trial is promoted on the sync screen, and rolled back there")
  func models() async throws {
    try await withStudy({
      Triage(study: $0, probability: 0.1, threshold: 0.5, findings: [], model: "m", made: Date())
    }) { program, store in
      let ids = ["a", "c", "d"].map { String(repeating: $0, count: 64) }
      for (age, id) in ids.enumerated() {
        try store.save(ModelVersion(id: id, name: "chest", made: Date() - 300 + Double(60 * age)))
      }
      try store.promote(ids[0], by: "admin", at: Date() - 60)
      for (id, verdict) in [(ids[1], ModelTrial.Verdict.passed), (ids[2], .undecided)] {
        try store.save(
          ModelTrial(
            model: id, against: ids[0], made: Date(), lessons: 120,
            checks: [
              ModelTrial.Check(
                name: "AUROC", verdict: verdict, candidate: 0.871, active: 0.866, low: -0.012,
                high: 0.021, cases: 120, suspicious: 50, reason: "So it is.")
            ]))
      }
      try await Window.opened(for: program) { window in
        _ = try await window.begin("--as admin")
        try await window.shows("Worklist", "ACC0001")
        try await window.press("g", "y")
        try await window.shows("dddddddddddd", "candidate", "undecided")
        try await window.press("m")
        try await window.shows("has not passed")
        try await window.press("d")
        try await window.shows("would be rejected for good. d again confirms")
        try await window.press("d")
        try await window.shows("is rejected; its figures are kept", "AUROC 0.871")
        try await window.press("m")
        try await window.shows("would sort the worklist. m again confirms")
        try await window.press("m")
        try await window.shows("earlier normals are looked at again")
        try await window.press("u")
        try await window.shows("u again confirms")
        #expect(try store.activeModel()?.id == ids[1])
        try await window.press("u")
        try await window.shows("sorts the worklist again")
      }
      #expect(try store.activeModel()?.id == ids[0])
      #expect(try store.model(ids[2])?.state == .rejected)
      #expect(try store.model(ids[2])?.decidedBy == "admin")
    }
  }

  @Test("from a shell a study that failed is tried again, and one that did not is not")
  func shell() async throws {
    try await withStudy({
      Triage(study: $0, refused: .failed("The decoder was gone."), model: "m", made: Date())
    }) { program, store in
      #expect(try await program.run("status").output.contains("The decoder was gone."))
      #expect(try await program.run("retry", "ACC0001").status != 0, "nobody asks")
      let asked = try await program.run("retry", "--all", "--as", "admin")
      #expect(asked.status == 0 && asked.output.contains("1 study will be read again"))
      _ = try await program.run("agent", "--once")
      let refused = try await program.run("retry", "ACC0001", "--as", "admin")
      #expect(refused.status != 0 && refused.output.contains("Not asked for ACC0001"))
    }
  }

  @Test("a clinician finds a patient, reads what was signed and takes it along")
  func clinician() async throws {
    try await withStudy({
      Triage(study: $0, probability: 0.1, threshold: 0.5, findings: [], model: "m", made: Date())
    }) { program, store in
      _ = try await program.run("review", "ACC0001", "--normal", "--as", "Dr Osei")
      #expect(try await program.run("sign", "ACC0001", "--as", "Dr Osei").status == 0)
      try await Window.opened(for: program) { window in
        _ = try await window.begin("--as \"Dr Wu\"")
        try await window.shows("Worklist", "ACC0001")
        try await window.press("g", "c")
        try await window.shows("Type a name")
        try await window.type("müller")
        try await window.shows("Müller, Zoë", "✓ signed", "Dr Osei")
        try await window.press("Enter")
        try await window.shows("Signed report", "▲ not delivered yet", "RADIOLOGY REPORT")
        // Where it went stands below the words.
        try await window.press("G")
        try await window.shows("Delivered", "nowhere yet", "Exported", "never")
        try await window.press("1")
        try await window.shows("Exported into")
      }
      let events = try store.audit()
      #expect(events.contains { $0.kind == .exported && $0.actor == "Dr Wu" })
      #expect(events.contains { $0.kind == .opened && $0.detail == "to read the report" })
    }
  }
}
