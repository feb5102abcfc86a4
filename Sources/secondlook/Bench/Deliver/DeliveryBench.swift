import Foundation
import Radiology
import Reporting
import Store

/// How long a report takes from its signature to where it belongs, by the agent as a hospital runs it.
struct DeliveryBench {
  let reports: BenchReports
  let folder: URL

  /// What stands behind the names of the configuration.
  private static let places = [
    "ward": "folder", "record": "FHIR server", "ris": "HL7 interface", "pacs": "storescp",
  ]

  /// The middle and the slowest in twenty for each destination; the report counts as delivered with
  /// its last document.
  func measure() async throws -> [BenchFigure] {
    let (interface, record) = (try BenchListener(.mllp), try BenchListener(.fhir))
    let peer = try StoringPeer(in: folder)
    defer { peer?.stop() }
    let out = folder.appending(path: "delivered")
    try FileManager.default.createDirectory(at: out, withIntermediateDirectories: true)
    var destinations = """
      [[destination]]
      name = "ward"
      kind = "folder"
      folder = "\(out.path)"
      [[destination]]
      name = "record"
      kind = "fhir"
      url = "http://127.0.0.1:\(record.port)/fhir"
      [[destination]]
      name = "ris"
      kind = "mllp"
      host = "127.0.0.1"
      port = \(interface.port)

      """
    if let peer { destinations += peer.destination }
    try Data(destinations.utf8).write(to: reports.site.home.appending(path: "secondlook.toml"))
    guard let program = Assets.runningExecutable else {
      throw BenchError.failed(process: "secondlook", saying: "/proc is not there")
    }
    let agent = try BenchTool(
      program.path, ["agent", "--home", reports.site.home.path], in: folder)
    defer { agent.stop() }
    var times: [String: Times] = [:]
    // The first one waits for the agent to start.
    for (index, study) in reports.studies.enumerated() {
      let signed = try reports.sign(study)
      for (name, time) in try await delivered(signed, by: agent) where index > 0 {
        times[name, default: Times()].add([time])
      }
    }
    withExtendedLifetime((interface, record)) {}
    return times.sorted { $0.key < $1.key }.flatMap { name, times in
      [("p50", times.median), ("p95", times.percentile(95))].map {
        BenchFigure(
          what: "signed to delivered, \(Self.places[name] ?? name), \($0.0)", unit: "ms",
          ours: $0.1, isCost: true)
      }
    }
  }

  /// Milliseconds from the signature until the last document was noted as delivered, by destination.
  private func delivered(_ report: Report, by agent: BenchTool) async throws -> [String: Double] {
    let end = ContinuousClock.now + .seconds(60)
    while true {
      let items = try reports.site.store.outbox(of: report.study)
      let open = items.filter { [.waiting, .sending].contains($0.state) }
      if !items.isEmpty, open.isEmpty {
        guard !items.contains(where: { $0.state == .dead }), let signed = report.signed else {
          break
        }
        return Dictionary(grouping: items.filter { $0.state == .delivered }, by: \.destination)
          .mapValues { $0.map { $0.changed.timeIntervalSince(signed) * 1000 }.max() ?? 0 }
      }
      guard ContinuousClock.now < end else { break }
      try await Task.sleep(for: .milliseconds(5))
    }
    throw BenchError.failed(
      process: "secondlook agent", saying: lastLine(of: Data(agent.words.utf8)) ?? "")
  }
}

/// DCMTK's storescp, where it is installed.
struct StoringPeer {
  let port: Int
  private let tool: BenchTool

  init?(in folder: URL) throws {
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/storescp") else { return nil }
    port = try Port.free()
    let target = folder.appending(path: "storescp-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
    tool = try BenchTool("storescp", ["-q", "+B", "-od", target.path, "\(port)"], in: folder)
    try tool.waitUntilListening(at: port)
  }

  func stop() { tool.stop() }

  /// As `secondlook.toml` has it.
  var destination: String {
    """
    [[destination]]
    name = "pacs"
    kind = "dicom"
    host = "127.0.0.1"
    port = \(port)
    ae_title = "BENCH"

    """
  }
}
