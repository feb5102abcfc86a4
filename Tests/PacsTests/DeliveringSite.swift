import DICOM
import Foundation
import Radiology
import Store
import TestSupport
import Testing

/// A site with signed studies, whose agent delivers to the destinations a test names.
struct DeliveringSite {
  let program: Program
  let studies: [Study.ID]

  /// Takes in and signs so many generated studies; `destinations` is as in `secondlook.toml`.
  init(studies count: Int = 1, _ destinations: String) async throws {
    program = try Program()
    let base = Int.random(in: 1_000...999_999)
    studies = (1...count).map { "1.2.826.0.1.3680043.2.1125.\(base).\($0)" }
    let folder = program.folder.appending(path: "images")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for study in studies {
      try GeneratedObject(1, of: study, side: 16).file.write(to: folder.appending(path: study))
    }
    try configure(destinations)
    let taken = try await program.run("import", folder.path, "--no-triage")
    try #require(taken.status == 0, "\(taken)")
    for study in studies { try sign(study) }
  }

  func configure(_ destinations: String) throws {
    try FileManager.default.createDirectory(at: program.home, withIntermediateDirectories: true)
    try Data(destinations.utf8).write(to: program.home.appending(path: "secondlook.toml"))
  }

  var store: Store { get throws { try Store(home: program.home) } }

  /// Signs a study as normal, or says more of it.
  @discardableResult
  func sign(_ study: Study.ID, addendum words: String? = nil) throws -> Report {
    let date = Date()
    let review = Review(
      study: study, reader: "Dr Osei", call: .normal, findings: [], model: nil, started: date)
    let section = Report.Section(
      key: "impression", title: "Impression", text: words ?? "Nothing suspicious.")
    return try store.sign(
      Report(
        study: study, state: words == nil ? .draft : .addendum, sections: [section],
        author: "Dr Osei", changed: date), review: review,
      over: store.review(of: study), by: "Dr Osei", at: date)
  }

  /// Lets the agent do what there is to do.
  func deliver() async throws -> Outcome { try await program.run("agent", "--once") }

  /// Starts the agent for as long as the test likes.
  func launch() throws -> Launched {
    let environment = ProcessInfo.processInfo.environment
      .merging(["SECONDLOOK_HOME": program.home.path]) { $1 }
    return try Tool(
      executable: Program.executable, arguments: ["agent"], environment: environment
    ).launch(writingTo: program.folder.appending(path: "agent-\(UUID().uuidString)"))
  }

  func items() throws -> [OutboxItem] { try store.outbox() }

  /// Whether a stage of the agent has turned since then: from there on it hears signals.
  func hasTurned(since moment: Date) throws -> Bool {
    struct Beat: Decodable { let at: Date }
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    return try store.values(below: "stage.").values.contains { text in
      (try? decoder.decode(Beat.self, from: Data(text.utf8))).map { $0.at > moment } ?? false
    }
  }

  static func dicom(_ name: String, _ port: UInt16, called: String = "ORTHANC") -> String {
    """
    [[destination]]
    name = "\(name)"
    kind = "dicom"
    host = "127.0.0.1"
    port = \(port)
    ae_title = "\(called)"
    first_wait = 1
    longest_wait = 2

    """
  }

  static func stow(_ name: String, _ port: UInt16) -> String {
    """
    [[destination]]
    name = "\(name)"
    kind = "stow"
    url = "http://127.0.0.1:\(port)/dicom-web"
    first_wait = 1
    longest_wait = 2

    """
  }
}

extension Orthanc {
  /// SOP Instance UIDs of the structured reports it has, each as often as it has it.
  func reports() async throws -> [String] {
    let body = Data(
      #"{"Level": "Instance", "Expand": true, "Query": {"Modality": "SR"}}"#.utf8)
    struct Found: Decodable { let MainDicomTags: [String: String] }
    return try JSONDecoder().decode([Found].self, from: await rest("/tools/find", post: body))
      .compactMap { $0.MainDicomTags["SOPInstanceUID"] }
  }
}
