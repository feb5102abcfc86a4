import Agent
import DICOM
import Foundation
import Radiology
import Reporting
import Store

/// What one document costs: the time to make it, its size, and the time to send one to a PACS.
struct DocumentBench {
  let reports: BenchReports
  /// One of the images, for the peers.
  let image: URL
  let folder: URL
  /// With highdicom and fhir.resources; none where nobody is compared.
  let python: URL?

  func measure() throws -> [BenchFigure] {
    let exporter = try reports.site.exporter()
    let signed = try reports.studies.compactMap { try reports.site.store.signedReport(of: $0) }
    guard !signed.isEmpty else {
      throw BenchError.failed(process: "secondlook", saying: "nothing was signed")
    }
    var rows: [BenchFigure] = []
    for format in ExportFormat.allCases {
      var times = Times()
      var size = 0
      for report in signed {
        let start = ContinuousClock.now
        guard let document = try exporter.document(of: report, format: format) else { continue }
        times.add([(ContinuousClock.now - start) / .milliseconds(1)])
        size = document.bytes.count
      }
      let peer = try peer(format, count: signed.count)
      rows += [
        BenchFigure(
          what: "\(format.rawValue), made", unit: "ms", ours: times.median,
          peers: peer.mapValues(\.milliseconds), isCost: true),
        BenchFigure(
          what: "\(format.rawValue), size", unit: "kB", ours: Double(size) / 1000,
          peers: peer.mapValues { Double($0.bytes) / 1000 }, isCost: true),
      ]
    }
    return rows + (try sending(exporter, signed))
  }

  private struct Peer: Decodable {
    let milliseconds: Double
    let bytes: Int
  }

  /// The same form made by the library one would use, by its own clock: starting Python is not
  /// building a document.
  private func peer(_ format: ExportFormat, count: Int) throws -> [String: Peer] {
    let names: [ExportFormat: String] = [.sr: "highdicom", .fhir: "fhir.resources"]
    guard let python, let name = names[format] else { return [:] }
    let script = try Assets.folder().appending(path: "bench/documents.py")
    let tool = try BenchTool(
      python.path, [script.path, format.rawValue, image.path, "\(count)"], in: folder)
    let status = tool.wait()
    let line = lastLine(of: Data(tool.words.utf8)) ?? ""
    guard status == 0, let said = try? JSONDecoder().decode(Peer.self, from: Data(line.utf8))
    else { throw BenchError.failed(process: name, saying: line) }
    return [name: said]
  }

  /// One structured report to `storescp` by a program of its own each time, as the outbox sends.
  private func sending(_ exporter: Exporter, _ signed: [Report]) throws -> [BenchFigure] {
    guard let peer = try StoringPeer(in: folder) else { return [] }
    defer { peer.stop() }
    guard let beside = Assets.runningExecutable?.deletingLastPathComponent() else { return [] }
    let own = beside.appending(path: "secondlook-dicom").path
    var times: [String: Times] = [:]
    for (number, report) in signed.enumerated() {
      guard let document = try exporter.document(of: report, format: .sr) else { continue }
      let file = folder.appending(path: "send-\(number).dcm")
      try document.bytes.write(to: file)
      let place = ["127.0.0.1", "\(peer.port)"]
      let ours = [
        "send", place[0], place[1], "--calling", "SECONDLOOK", "--called", "BENCH", "--object",
        file.path,
      ]
      times["ours", default: Times()].add([try BenchTool.run(own, ours, in: folder) * 1000])
      guard python != nil else { continue }
      times["dcmsend", default: Times()].add([
        try BenchTool.run(
          "dcmsend", ["-q", "-aec", "BENCH", place[0], place[1], file.path], in: folder) * 1000
      ])
    }
    let medians = times.mapValues(\.median)
    return [
      BenchFigure(
        what: "sr, sent by C-STORE", unit: "ms", ours: medians["ours"] ?? 0,
        peers: medians.filter { $0.key != "ours" }, isCost: true)
    ]
  }
}
