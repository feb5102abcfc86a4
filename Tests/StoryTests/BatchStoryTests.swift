import Foundation
import Radiology
import Store
import TestSupport
import Testing

/// Ruled-out normals signed together, in a real terminal.
@Suite(
  "A batch in a terminal window", .serialized, .enabled(if: Window.isPossible, "tmux is not there"))
struct BatchStoryTests {
  /// A study as a hospital's, judged with a probability.
  private func arrive(_ number: Int, _ probability: Double, in store: Store) throws {
    let (uid, now) = ("1.7.\(number)", Date() - 60)
    let patient = Patient(identifier: "P\(number)", name: "DOE^JANE", fallback: uid)
    try store.save(
      Store.Intake(
        patient: patient,
        study: Study(
          uid: uid, patient: patient.id, accession: "BAT000\(number)", modality: "DX",
          bodyPart: "CHEST", arrived: now),
        series: [Series(uid: "\(uid).1", study: uid)],
        instances: [
          Instance(
            uid: "\(uid).1.1", series: "\(uid).1", study: uid, format: .dicom,
            digest: "a\(number)", bytes: 1)
        ]), at: now)
    try store.save(
      Triage(
        study: uid, probability: probability, threshold: 0.5, findings: [], model: "m", made: now))
  }

  @Test("of marked studies the ruled-out ones are signed, each with its own summary; one is not")
  func batch() async throws {
    let program = try Program()
    defer { program.clean() }
    let store = try Store(home: program.home)
    for (number, probability) in [(1, 0.04), (2, 0.06), (3, 0.93)] {
      try arrive(number, probability, in: store)
    }
    try await Window.opened(for: program) { window in
      _ = try await window.begin("--as \"Dr Osei\"")
      try await window.shows("BAT0001", "BAT0002", "BAT0003")
      try await window.press("*")
      try await window.shows("3 marked")
      try await window.press("S")
      let screen = try await window.shows(
        "Sign ruled-out normals", "2 of 3", "left as it is.", "Type 2 to sign 2 reports")
      #expect(screen.components(separatedBy: "normal by model and guard").count == 3, "\(screen)")
      try await window.type("3")
      try await window.press("Enter")
      try await window.shows("Type 2 to sign them")
      try await window.press("BSpace", "2", "Enter")
      try await window.shows("2 of 2 signed. Esc closes.")
      try await window.press("Escape")
      try await window.shows("Worklist", "2 signed")
      try await window.press("q")
    }
    #expect(try store.signedReport(of: "1.7.1")?.author == "Dr Osei")
    #expect(try store.signedReport(of: "1.7.2") != nil)
    #expect(try store.signedReport(of: "1.7.3") == nil)
    #expect(try store.audit().filter { $0.kind == .signed }.count == 2)
  }
}
