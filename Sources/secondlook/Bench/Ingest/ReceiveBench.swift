import Agent
import Foundation
import Reporting
import Store

/// Objects a second that one association brings in: the same sender, one receiver after the other.
struct ReceiveBench {
  let objects: BenchObjects
  let rounds: Int
  let isCompared: Bool
  let folder: URL

  private static let title = "BENCH"
  private static let sender = "BENCHSCU"

  /// Rows of what was acknowledged, and of what then was a row of the store.
  func measure() async throws -> [BenchFigure] {
    var received: [String: Times] = [:]
    var stored = Times()
    for round in 0..<rounds {
      let place = folder.appending(path: "receive-\(round)")
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      received["ours", default: Times()].add([try ours(in: place)])
      stored.add([try await store(from: place)])
      if isCompared {
        received["storescp", default: Times()].add([try storescp(in: place)])
        received["Orthanc", default: Times()].add([try orthanc(in: place)])
      }
      try FileManager.default.removeItem(at: place)
    }
    let count = Double(objects.count)
    let rates = received.mapValues { count / $0.median }
    let peers = rates.filter { $0.key != "ours" }
    let megabytes = Double(objects.bytes) / 1e6 / count
    let ours = rates["ours"] ?? 0
    var rows = [
      BenchFigure(what: "received", unit: "objects/s", ours: ours, peers: peers),
      BenchFigure(
        what: "received", unit: "MB/s", ours: ours * megabytes,
        peers: peers.mapValues { $0 * megabytes }),
    ]
    if let orthanc = peers["Orthanc"] {
      rows.append(
        BenchFigure(
          what: "received, Orthanc", unit: "objects/s", ours: ours, peers: ["Orthanc": orthanc],
          aim: 1))
    }
    rows.append(
      BenchFigure(
        what: "spool to worklist row", unit: "objects/s", ours: count / stored.median))
    return rows
  }

  /// Seconds until all objects were acknowledged by us.
  private func ours(in place: URL) throws -> Double {
    let port = try Port.free()
    try PrivateFolder.make(spool(place).deletingLastPathComponent())
    guard let program = Assets.runningExecutable?.deletingLastPathComponent() else {
      throw BenchError.failed(process: "secondlook", saying: "/proc is not there")
    }
    let receiver = try BenchTool(
      program.appending(path: "secondlook-dicom").path,
      [
        "receive", "--spool", spool(place).path, "--port", "\(port)", "--ae", Self.title,
        "--accept", Self.sender,
      ], in: place)
    defer { receiver.stop() }
    try receiver.waitUntilListening(at: port)
    return try send(to: port, in: place)
  }

  /// Seconds until all that was received is in the store with a row, decoded and looked at.
  private func store(from place: URL) async throws -> Double {
    let site = try LocalSite(
      home: place.appending(path: "home", directoryHint: .isDirectory), startsWithShipped: false)
    let start = ContinuousClock.now
    var taken = 0
    while case let some = try await site.spool().drain(), some > 0 { taken += some }
    guard taken == objects.count, try site.store.worklist().count == (taken + 9) / 10 else {
      throw BenchError.failed(process: "secondlook", saying: "\(taken) objects were stored")
    }
    return (ContinuousClock.now - start) / .seconds(1)
  }

  private func spool(_ place: URL) -> URL {
    place.appending(path: "home/spool/\(SpoolStage.receiver)")
  }

  private func storescp(in place: URL) throws -> Double {
    let port = try Port.free()
    let target = place.appending(path: "storescp")
    try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
    let receiver = try BenchTool(
      "storescp", ["-q", "-aet", Self.title, "+B", "-od", target.path, "\(port)"], in: place)
    defer { receiver.stop() }
    try receiver.waitUntilListening(at: port)
    return try send(to: port, in: place)
  }

  private func orthanc(in place: URL) throws -> Double {
    let (port, web) = (try Port.free(), try Port.free())
    let target = place.appending(path: "orthanc")
    let settings: [String: any Encodable & Sendable] = [
      "StorageDirectory": target.path, "IndexDirectory": target.path, "DicomPort": port,
      "HttpPort": web, "DicomAet": Self.title, "RemoteAccessAllowed": false,
    ]
    let file = place.appending(path: "orthanc.json")
    try JSONSerialization.data(withJSONObject: settings).write(to: file)
    let receiver = try BenchTool("Orthanc", [file.path], in: place)
    defer { receiver.stop() }
    try receiver.waitUntilListening(at: port)
    return try send(to: port, in: place)
  }

  private func send(to port: Int, in place: URL) throws -> Double {
    try BenchTool.run(
      "dcmsend",
      [
        "-q", "-aet", Self.sender, "-aec", Self.title, "127.0.0.1", "\(port)", "+sd",
        objects.folder.path,
      ], in: place)
  }
}
