import Foundation
import Radiology
import Store
import TestSupport
import Testing

/// What the worklist prints, of a store that was filled without any image.
@Suite struct WorklistTests {
  /// Stores some objects of a study, of which all but the first `readable` cannot be read.
  private func arrive(
    _ uid: String, objects: Int, readable: Int, priority: Priority = .routine, in store: Store,
    at date: Date, patience: TimeInterval = 0
  ) throws {
    let patient = Patient(identifier: "4711", name: "DOE^JANE", fallback: uid)
    let instances = (0..<objects).map { number in
      Instance(
        uid: "\(uid).1.\(number)", series: "\(uid).1", study: uid, format: .dicom,
        digest: "\(uid) \(number)", bytes: 1,
        refusal: number < readable ? nil : "The file is cut off.", source: "CRROOM")
    }
    try store.save(
      Store.Intake(
        patient: patient,
        study: Study(
          uid: uid, patient: patient.id, accession: "ACC\(uid)", modality: "DX",
          priority: priority, source: "CRROOM", arrived: date),
        series: [Series(uid: "\(uid).1", study: uid)], instances: instances), at: date,
      patience: patience)
  }

  /// The words of a study's line; columns stand two spaces apart.
  private func columns(_ uid: String, _ output: String) throws -> [String] {
    let line = try #require(output.split(separator: "\n").first { $0.contains("ACC\(uid) ") })
    return line.split(separator: /\ {2,}/).map(String.init)
  }

  @Test(
    "the list says how soon, how far, how many images and from whom, in the workstation's words")
  func words() async throws {
    let program = try Program()
    defer { program.clean() }
    let store = try Store(home: program.home)
    let now = Date()
    try arrive("1.1", objects: 3, readable: 2, priority: .stat, in: store, at: now - 60)
    try arrive("1.2", objects: 2, readable: 2, in: store, at: now, patience: 86_400)
    try arrive("1.3", objects: 12, readable: 12, in: store, at: now - 60)
    try store.expect(15, of: "1.3", from: "pacs", at: now)
    let output = try await program.run("worklist").output
    let stat = try columns("1.1", output)
    #expect(stat.starts(with: ["#1", "STAT", "waiting"]))
    #expect(stat.contains("new") && stat.contains("2/3") && stat.contains("CRROOM"))
    let arriving = try columns("1.2", output)
    #expect(arriving.contains("arriving") && arriving.contains("2"))
    #expect(!output.contains("routine") && !output.contains("received"))
    #expect(try columns("1.3", output).contains("12/15"))
  }

  @Test("from 20 reads on the JSON says how often such a probability was called suspicious here")
  func predictiveValue() async throws {
    let program = try Program()
    defer { program.clean() }
    let store = try Store(home: program.home)
    func score(_ uid: String) throws {
      try arrive(uid, objects: 1, readable: 1, in: store, at: Date())
      try store.save(
        Triage(study: uid, probability: 0.4, threshold: 0.5, findings: [], model: "m", made: Date())
      )
    }
    func value(_ arguments: String...) async throws -> [String: Any]? {
      let output = try await program.run(Program.executable, arguments + ["--json"]).output
      let object = try JSONSerialization.jsonObject(with: Data(output.utf8))
      let rows =
        object as? [[String: Any]]
        ?? [(object as? [String: Any])?["row"]].compactMap {
          $0 as? [String: Any]
        }
      let row = try #require(rows.first { $0["study_uid"] as? String == "1.99" })
      return row["predictive_value"] as? [String: Any]
    }
    try score("1.99")
    for number in 1...20 {
      if number == 20 { #expect(try await value("worklist") == nil, "19 reads tell nothing") }
      let uid = "2.\(number)"
      try score(uid)
      let review = Review(
        study: uid, reader: "Dr Osei", call: number <= 15 ? .suspicious : .normal, findings: [],
        model: "m", started: Date())
      let report = Report(
        study: uid,
        sections: [.init(key: "impression", title: "Impression", text: "So.", isRequired: true)],
        author: "Dr Osei", changed: Date())
      try store.sign(report, review: review, by: "Dr Osei", at: Date())
    }
    for value in [try await value("worklist"), try await value("show", "1.99")] {
      let value = try #require(value)
      #expect(value["reads"] as? Int == 20 && value["suspicious"] as? Int == 15)
      #expect(value["share"] as? Double == 0.75)
      let interval = try #require(value["interval"] as? [Double])
      #expect(interval.count == 2 && abs(interval[0] - 0.5313) < 1e-3)
      #expect(abs(interval[1] - 0.8881) < 1e-3)
    }
  }

  @Test("an image that came after the signature is counted apart, and the log tells of it")
  func late() async throws {
    let program = try Program()
    defer { program.clean() }
    let store = try Store(home: program.home)
    let now = Date()
    try arrive("1.1", objects: 2, readable: 2, in: store, at: now - 60)
    _ = try await program.run("review", "1.1", "--normal", "--as", "Dr Osei")
    #expect(try await program.run("sign", "1.1", "--as", "Dr Osei").status == 0)
    try arrive("1.1", objects: 3, readable: 3, in: store, at: Date())
    let line = try columns("1.1", try await program.run("worklist").output)
    #expect(line.contains("signed") && line.contains("2+1"))
    let log = try await program.run("audit").output
    #expect(log.contains("1 object came after the report was signed"))
    #expect(try await program.run("worklist", "--json").output.contains(#""late" : 1"#))
  }

  @Test("who signs a study that is still arriving is told, and the signature says so")
  func arriving() async throws {
    let program = try Program()
    defer { program.clean() }
    let store = try Store(home: program.home)
    try arrive("1.1", objects: 2, readable: 1, in: store, at: Date(), patience: 86_400)
    _ = try await program.run("review", "1.1", "--normal", "--as", "Dr Osei")
    let answer = try await program.run("sign", "1.1", "--as", "Dr Osei")
    #expect(answer.output.contains("Images may still be arriving"), "\(answer.output)")
    #expect(answer.output.contains("1 of 2 images could not be read"), "\(answer.output)")
    let asked = try #require(try store.signedReport(of: "1.1")).acknowledged
    #expect(asked.contains("Images may still be arriving"))
    #expect(asked.contains("1 of 2 images could not be read"))
  }

  @Test("the JSON says who has a study open, and nobody else reviews it meanwhile")
  func owner() async throws {
    let program = try Program()
    defer { program.clean() }
    let store = try Store(home: program.home)
    try arrive("1.1", objects: 1, readable: 1, in: store, at: Date() - 60)
    #expect(try await program.run("worklist", "--json").output.contains(#""owner" : null"#))
    _ = try store.claim("1.1", by: "Dr Patel", at: Date())
    let json = try await program.run("worklist", "--json").output
    #expect(json.contains(#""reader" : "Dr Patel""#), "\(json)")
    let refused = try await program.run("review", "1.1", "--normal", "--as", "Dr Osei")
    #expect(refused.status != 0 && refused.output.contains("open by Dr Patel"), "\(refused)")
  }
}
