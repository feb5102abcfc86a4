import Foundation
import Radiology
import Store
import TestSupport
import Testing

/// What two readers on one store, or one in a hurry, cannot do.
@Suite(
  "Review and signature",
  .enabled(if: SharedFiles.hasImage, "SECONDLOOK_CONFORMANCE is not there"))
struct SigningTests {
  /// The shared image in a store of its own.
  private func withStudy(
    _ body: (_ program: Program, _ store: Store, _ study: Study.ID) async throws -> Void
  ) async throws {
    let program = try Program()
    defer { program.clean() }
    _ = try await program.run("import", SharedFiles.image.path)
    let store = try Store(home: program.home)
    try await body(program, store, try store.study(named: "ACC0001").uid)
  }

  /// What the workstation saved after “suspicious” and R1 agreed, with an impression by hand or not.
  private func draft(_ study: Study.ID, impression: String? = nil) -> Report {
    let template = "Chest radiograph suspicious for abnormality."
    let finding = "R1: abnormal region, lower zone, left in the image, added by the reader."
    let sections = [
      Report.Section(
        key: "findings", title: "Findings", text: finding, isRequired: true, drafted: finding,
        call: .suspicious),
      Report.Section(
        key: "impression", title: "Impression", text: impression ?? template, isRequired: true,
        drafted: template, call: .suspicious),
    ]
    return Report(study: study, sections: sections, author: "Dr Osei", changed: Date())
  }

  @Test("a draft follows the review that another reader makes of it, and so does what is signed")
  func follows() async throws {
    try await withStudy { program, store, study in
      _ = try await program.run(
        "review", "ACC0001", "--suspicious", "--add", "20,30,60,80", "--as", "Dr Osei")
      let region = try #require(try store.review(of: study)?.findings.last?.name)
      #expect(region == "R1")
      try store.saveDraft(draft(study))
      let answer = try await program.run(
        "review", "ACC0001", "--normal", "--reject", "R1", "--as", "Dr Patel")
      #expect(answer.status == 0, "\(answer.output)")
      #expect(try await program.run("show", "ACC0001").output.contains("suspicious for") == false)
      #expect(try await program.run("sign", "ACC0001", "--as", "Dr Patel").status == 0)
      let signed = try #require(try store.signedReport(of: study))
      #expect(signed.text(of: "impression") == "No acute cardiopulmonary abnormality.")
      #expect(signed.text(of: "findings").contains("R1") == false)
    }
  }

  @Test("what was just signed waits, although no agent has made its documents yet")
  func waits() async throws {
    try await withStudy { program, _, _ in
      #expect(try await program.run("outbox").output.contains("Nothing waits"))
      _ = try await program.run("review", "ACC0001", "--normal", "--as", "Dr Osei")
      #expect(try await program.run("sign", "ACC0001", "--as", "Dr Osei").status == 0)
      #expect(try await program.run("status").output.contains("1 to deliver"))
      #expect(try await program.run("outbox").output.contains("1 report waits for the agent"))
    }
  }

  @Test("a wet read is found as preliminary, exported as such, and replaced by the final report")
  func preliminary() async throws {
    try await withStudy { program, store, study in
      _ = try await program.run("review", "ACC0001", "--normal", "--as", "Dr Osei")
      let given = try await program.run("sign", "ACC0001", "--preliminary", "--as", "Dr Osei")
      #expect(given.status == 0 && given.output.contains("it is not signed"), "\(given.output)")
      let again = try await program.run("sign", "ACC0001", "--preliminary", "--as", "Dr Osei")
      #expect(again.status != 0 && again.output.contains("Nothing was signed or let out"))
      #expect(
        try await program.run("worklist", "--json").output.contains(#""state" : "preliminary""#))
      #expect(try await program.run("find", "ACC0001").output.contains("preliminary"))
      let folder = program.folder.appending(path: "out")
      _ = try await program.run("export", "ACC0001", "--format", "text", "-o", folder.path)
      let exported = try String(
        contentsOf: folder.appending(path: "\(study)-p1.txt"), encoding: .utf8)
      #expect(exported.contains("PRELIMINARY") && exported.contains("given as preliminary by"))
      let signed = try await program.run("sign", "ACC0001", "--as", "Dr Osei")
      #expect(signed.status == 0, "\(signed.output)")
      #expect(try store.preliminaries(of: study).count == 1)
      let json = try await program.run("show", "ACC0001", "--json").output
      let shown = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
      let versions = shown?["versions"] as? [[String: Any]]
      #expect(versions?.map { $0["state"] as? String } == ["preliminary", "final"])
      #expect((shown?["review"] as? [String: Any])?["call"] as? String == "normal")
      #expect(try await program.run("worklist", "--json").output.contains(#""state" : "final""#))
      #expect(try await program.run("audit", "--verify").status == 0)
    }
  }

  @Test("words written for another call block the signature until they are written again")
  func contradiction() async throws {
    try await withStudy { program, store, study in
      _ = try await program.run(
        "review", "ACC0001", "--suspicious", "--add", "20,30,60,80", "--as", "Dr Osei")
      try store.saveDraft(draft(study, impression: "A nodule."))
      _ = try await program.run(
        "review", "ACC0001", "--normal", "--reject", "R1", "--as", "Dr Patel")
      let refused = try await program.run("sign", "ACC0001", "--as", "Dr Patel")
      #expect(refused.status != 0)
      #expect(refused.output.contains("written for a suspicious study"), "\(refused.output)")
      let signed = try await program.run(
        "sign", "ACC0001", "--impression", "Nothing acute.", "--as", "Dr Patel")
      #expect(signed.status == 0, "\(signed.output)")
      #expect(try store.signedReport(of: study)?.text(of: "impression") == "Nothing acute.")
    }
  }

  @Test("signing twice changes nothing; an addendum is asked for and adds its words")
  func addendum() async throws {
    try await withStudy { program, store, study in
      #expect(
        try await program.run("sign", "ACC0001", "--addendum", "More.", "--as", "Dr Osei").status
          != 0)
      _ = try await program.run("review", "ACC0001", "--normal", "--as", "Dr Osei")
      _ = try await program.run("sign", "ACC0001", "--as", "Dr Osei")
      let twice = try await program.run("sign", "ACC0001", "--as", "Dr Osei")
      #expect(twice.status != 0)
      #expect(twice.output.contains("signed already, by Dr Osei at 2"), "\(twice.output)")
      #expect(try store.reports(of: study).map(\.version) == [1])
      for words in ["Compared with 2019.", "And with 2018."] {
        let more = try await program.run(
          "sign", "ACC0001", "--addendum", words, "--as", "Dr Osei")
        #expect(more.status == 0, "\(more.output)")
      }
      let newest = try #require(try store.signedReport(of: study))
      #expect(newest.version == 3)
      #expect(newest.text(of: "addendum") == "Compared with 2019.\nAnd with 2018.")
      #expect(newest.text(of: "impression") == "No acute cardiopulmonary abnormality.")
    }
  }

  @Test("whoever signs another's review is told whose it is, and the signature says so")
  func anothers() async throws {
    try await withStudy { program, store, study in
      _ = try await program.run("review", "ACC0001", "--normal", "--as", "Dr Osei")
      let answer = try await program.run("sign", "ACC0001", "--as", "Dr Patel")
      #expect(answer.output.contains("The review is by Dr Osei"), "\(answer.output)")
      let asked = try store.signedReport(of: study)?.acknowledged
      #expect(asked?.contains("The review is by Dr Osei") == true)
    }
  }

  @Test(
    "whoever says no keeps the draft",
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"), "script is missing"))
  func refusal() async throws {
    try await withStudy { program, store, study in
      _ = try await program.run("review", "ACC0001", "--normal", "--as", "Dr Osei")
      let answer = try await program.shell(
        """
        printf 'n\n' | script -qec "'$PROGRAM' sign ACC0001 --impression Mine. --as 'Dr Patel'" \
          /dev/null
        """)
      #expect(answer.output.contains("the draft is kept"), "\(answer.output)")
      let draft = try #require(try store.report(of: study))
      #expect(!draft.isSigned)
      #expect(draft.text(of: "impression") == "Mine.")
    }
  }

  @Test("a study that somebody has open is neither reviewed nor signed by anybody else")
  func locked() async throws {
    try await withStudy { program, store, study in
      _ = try await program.run("review", "ACC0001", "--normal", "--as", "Dr Osei")
      _ = try store.claim(study, by: "Dr Patel", at: Date())
      for command in [["review", "ACC0001", "--suspicious"], ["sign", "ACC0001"]] {
        let answer = try await program.run(Program.executable, command + ["--as", "Dr Osei"])
        #expect(answer.status != 0)
        #expect(answer.output.contains("open by Dr Patel"), "\(answer.output)")
      }
      try store.release(study)
      #expect(try await program.run("sign", "ACC0001", "--as", "Dr Osei").status == 0)
    }
  }

  @Test("a study without a picture is signed with the reason for it, or with the reader's words")
  func failed() async throws {
    let program = try Program()
    defer { program.clean() }
    let half = FileManager.default.temporaryDirectory.appending(
      path: "secondlook-half-\(UUID().uuidString).dcm")
    let whole = try Data(contentsOf: URL(filePath: SharedFiles.image.path))
    try whole.prefix(whole.count / 2).write(to: half)
    defer { try? FileManager.default.removeItem(at: half) }
    _ = try await program.run("import", half.path)
    let store = try Store(home: program.home)
    let study = try store.study(named: "ACC0001").uid
    #expect(try store.triage(of: study)?.triageClass == .failed)
    _ = try await program.run("review", "ACC0001", "--suspicious", "--as", "Dr Osei")
    let answer = try await program.run("sign", "ACC0001", "--as", "Dr Osei")
    #expect(answer.status == 0, "\(answer.output)")
    let signed = try #require(try store.signedReport(of: study))
    #expect(signed.text(of: "findings").hasPrefix("No image could be read: "))
    let more = try await program.run(
      "sign", "ACC0001", "--addendum", "Repeated.", "--findings", "Lost in transfer.", "--as",
      "Dr Osei")
    #expect(more.status == 0, "\(more.output)")
    #expect(try store.signedReport(of: study)?.text(of: "findings") == "Lost in transfer.")
  }

  @Test(
    "what makes no sense is refused in a sentence, and nothing is recorded",
    arguments: [
      (["--add", "1,abc,2,30,40"], "is no region"), (["--add", "1,2,3"], "is no region"),
      (["--add", "1,2,3,4,5"], "is no region"), (["--add", "nan,2,3,4"], "is no region"),
      (["--add", "500,500,600,600"], "512 wide and 512 high"),
      (["--add=-1,5,20,20"], "512 wide and 512 high"),
      (["--add", "900,900,990,990"], "512 wide and 512 high"),
      (["--accept", "R1", "--reject", "R1"], "both accepted and rejected"),
      (["--add", "1,2,30,40", "--image", "2"], "There is no image 2"),
      (["--image", "1"], "there is no --add"), (["--accept", "R77"], "no region “R77”"),
    ])
  func nonsense(options: [String], sentence: String) async throws {
    try await withStudy { program, store, study in
      let answer = try await program.run(
        Program.executable, ["review", "ACC0001", "--normal", "--as", "Dr Osei"] + options)
      #expect(answer.status != 0)
      #expect(answer.output.contains(sentence), "\(answer.output)")
      #expect(try store.review(of: study) == nil)
    }
  }

  @Test("the same region twice is one region, on the image that is named")
  func idempotent() async throws {
    try await withStudy { program, store, study in
      for _ in 0..<2 {
        let answer = try await program.run(
          "review", "ACC0001", "--suspicious", "--add", "20,30,60,80", "--add", "20,30,60,80",
          "--as", "Dr Osei")
        #expect(answer.output.contains("is on image 1 of 1"), "\(answer.output)")
      }
      let added = try #require(try store.review(of: study)).findings.filter { $0.origin == .reader }
      #expect(added.count == 1)
    }
  }
}
