import Foundation
import Radiology
import Store
import TestSupport
import Testing

/// A miss, from the signature to the addendum, on the command line.
@Suite("A second look") struct SecondLookStoryTests {
  /// A study that the model calls suspicious.
  private func arrive(in store: Store) throws {
    let patient = Patient(identifier: "4711", name: "DOE^JANE", fallback: "1.1")
    let now = Date() - 60
    try store.save(
      Store.Intake(
        patient: patient,
        study: Study(
          uid: "1.1", patient: patient.id, accession: "ACC1", modality: "DX", arrived: now),
        series: [Series(uid: "1.1.1", study: "1.1")],
        instances: [
          Instance(
            uid: "1.1.1.1", series: "1.1.1", study: "1.1", format: .dicom, digest: "a", bytes: 1)
        ]), at: now)
    try store.save(
      Triage(
        study: "1.1", probability: 0.93, threshold: 0.5, findings: [], model: "m", made: now))
  }

  private func run(_ program: Program, _ words: [String]) async throws -> Outcome {
    try await program.run(Program.executable, words)
  }

  @Test("a miss is read blind, scored, arbitrated, and comes back to whoever signed")
  func miss() async throws {
    let program = try Program()
    defer { program.clean() }
    let store = try Store(home: program.home)
    try arrive(in: store)
    #expect(try await program.run("second-look").output.contains("No study waits"))
    _ = try await program.run("review", "ACC1", "--normal", "--as", "Dr Osei")
    let signed = try await program.run("sign", "ACC1", "--as", "Dr Osei")
    #expect(signed.output.contains("The model calls this study suspicious"), "\(signed)")
    let list = try await program.run("second-look").output
    #expect(list.contains("ACC1") && list.contains("normal against the model"), "\(list)")
    #expect(list.contains("in 1 of 1 signed study") && !list.contains("Osei"), "\(list)")

    let read = ["second-look", "read", "ACC1", "--suspicious", "--blind"]
    let own = try await run(program, read + ["--score", "3b", "--as", "Dr Osei"])
    #expect(own.status == 1 && own.output.contains("read this study already"), "\(own)")
    let concur = try await run(program, read + ["--score", "1", "--as", "Dr Patel"])
    #expect(concur.status == 1 && concur.output.contains("you concur"), "\(concur)")
    let second = try await run(program, read + ["--score", "3b", "--as", "Dr Patel"])
    #expect(second.output.contains("third reader"), "\(second)")
    let third = try await program.run(
      "second-look", "decide", "ACC1", "--suspicious", "--as", "Dr Kim")
    #expect(third.output.contains("addendum is suggested"), "\(third)")

    let json = try await program.run("second-look", "--all", "--json").output
    #expect(json.contains(#""3b" : 1"#) && json.contains(#""suggestion" : "suspicious""#))
    #expect(!json.contains("Dr "), "\(json)")
    let named = try await program.run("second-look", "--all", "--readers").output
    #expect(named.contains("Dr Osei") && named.contains("Dr Kim"), "\(named)")
    #expect(try await program.run("audit", "--verify").status == 0)
  }

  @Test("an entry is closed unread only with a reason")
  func close() async throws {
    let program = try Program()
    defer { program.clean() }
    try arrive(in: try Store(home: program.home))
    _ = try await program.run("review", "ACC1", "--normal", "--as", "Dr Osei")
    _ = try await program.run("sign", "ACC1", "--as", "Dr Osei")
    let close = ["second-look", "close", "ACC1", "--as", "Dr Kim", "--reason"]
    #expect(try await run(program, close + [" "]).status == 1)
    #expect(try await run(program, close + ["a test image"]).status == 0)
    #expect(try await program.run("second-look").output.contains("No study waits"))
    #expect(try await program.run("audit").output.contains("Closed: a test image"))
  }
}
