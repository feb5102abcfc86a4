import Engine
import Federation
import Foundation
import Synchronization

/// A round of many nodes at once, all in this process, with our coordinator and over TLS.
///
/// Each comes from an address of its own, as hospitals do: a coordinator lets few connections in
/// from one.
struct CrowdBench {
  let folder: URL
  let nodes: Int

  /// Seconds from the question to the model that was made of all answers, and the most memory that
  /// the coordinator and all nodes took together, in MB.
  func measure(_ model: Parameters) async throws -> (seconds: Double, memory: Double) {
    let place = folder.appending(path: "crowd", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    let identity = try certificate(in: place)
    let port = try Port.free()
    let relay = try CountingRelay(to: port, isSpread: true)
    let consortium = try ConsortiumFolder(place.appending(path: "coordinator"))
    let places = (0..<nodes).map { place.appending(path: "node-\($0)") }
    let folders = try places.map { try NodeFolder($0) }
    try consortium.changeRoster { _ in
      try ConsortiumRoster(
        consortium: "Bench", coordinator: .init(name: "Bench", key: consortium.key.publicKey),
        members: folders.enumerated().map { index, folder in
          .init(name: "node \(index)", key: try PublicNodeKey(folder.key.publicOpenSSH))
        })
    }
    let clock = RoundClock()
    let run = try ConsortiumRun(
      in: consortium,
      plan: ConsortiumPlan(
        rounds: 1, work: RoundTask.Work(steps: 1, batch: 1, learningRate: 1e-3, seed: 1),
        updateBits: .eight,
        waits: .init(quorum: nodes, forQuorum: .seconds(300), forRound: .seconds(300))),
      tell: clock.note)
    let server = try FleetServer(run.coordinator, host: "127.0.0.1", port: port, identity: identity)
    guard let url = URL(string: "https://127.0.0.1:\(relay.port)") else {
      preconditionFailure("an address of this machine is one")
    }
    let address = try CoordinatorAddress(url, authority: identity.certificate)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        try await server.run { _ in }
        return false
      }
      for (place, folder) in zip(places, folders) {
        group.addTask {
          let work = IdleWork(in: place)
          let transport = FlowerTransport(address, key: folder.key)
          do {
            try await FederationNode(transport, folder: folder) { _ in }.run { message in
              try await work.answer(message)
            }
          } catch {
            await transport.close()
            throw error
          }
          return false
        }
      }
      group.addTask {
        _ = try await run.lead(from: model)
        return true
      }
      defer { group.cancelAll() }
      while let isOver = try await group.next(), !isOver {}
    }
    guard let seconds = clock.seconds else {
      throw BenchError.failed(process: "crowd", saying: "no round ended")
    }
    return (seconds, peakMemory())
  }

  private func certificate(in place: URL) throws -> (certificate: URL, key: URL) {
    let pair = (
      certificate: place.appending(path: "cert.pem"), key: place.appending(path: "key.pem")
    )
    try BenchTool.run(
      "openssl",
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
        pair.key.path, "-out", pair.certificate.path,
      ], in: place)
    return pair
  }
}

/// How long a round took, from its question to its model.
private final class RoundClock: Sendable {
  private let times = Mutex<(asked: ContinuousClock.Instant?, seconds: Double?)>((nil, nil))

  var seconds: Double? { times.withLock { $0.seconds } }

  func note(_ event: ConsortiumEvent) {
    switch event {
    case .asked: times.withLock { if $0.asked == nil { $0.asked = .now } }
    case .ended(let round) where round.model != nil:
      times.withLock { times in
        times.seconds = times.asked.map { (ContinuousClock.now - $0) / .seconds(1) }
      }
    default: break
    }
  }
}
