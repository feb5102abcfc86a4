import Engine
import Federation
import Foundation
import Glibc
import Synchronization

/// A round of many nodes at once, all in this process.
struct CrowdBench {
  let folder: URL
  let nodes: Int

  /// With our coordinator in this process too, over TLS.
  ///
  /// Each comes from an address of its own, as hospitals do: a coordinator lets few connections in
  /// from one.
  /// - Returns: seconds from the question to the model that was made of all answers, and the most
  ///   memory that the coordinator and all nodes took together, in MB.
  func measure(_ model: Parameters) async throws -> (seconds: Double, memory: Double) {
    try makeRoom()
    let place = try newPlace("crowd")
    let identity = try certificate(in: place)
    let port = try Port.free()
    let relay = try CountingRelay(to: port, isSpread: true)
    let consortium = try ConsortiumFolder(place.appending(path: "coordinator"))
    let places = nodePlaces(in: place)
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
        waits: .init(quorum: nodes, forQuorum: .seconds(300), forRound: .seconds(900))),
      tell: clock.note)
    let server = try FleetServer(run.coordinator, host: "127.0.0.1", port: port, identity: identity)
    let address = try CoordinatorAddress(
      try url("https", relay.port), authority: identity.certificate)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run { _ in } }
      defer { group.cancelAll() }
      try await whileTakingPart(zip(places, folders), at: address) { _ in
        _ = try await run.lead(from: model)
      }
    }
    guard let seconds = clock.seconds else {
      throw BenchError.failed(process: "crowd", saying: "no round ended")
    }
    return (seconds, peakMemory())
  }

  /// With a stock SuperLink of Flower's, and the application that SecondLook ships.
  ///
  /// - Returns: seconds from the question to the model that was made of all answers.
  func measure(_ model: Parameters, ledBy python: URL) async throws -> Double {
    try makeRoom()
    let place = try newPlace("flower-crowd")
    let port = try Port.free()
    let flower = try BenchFlower(python: python, in: place, port: port, model)
    var seconds = Double.nan
    let places = nodePlaces(in: place)
    try await whileTakingPart(
      zip(places, try places.map { try NodeFolder($0) }), at: CoordinatorAddress(url("http", port))
    ) { online in
      let end = ContinuousClock.now + .seconds(300)
      while online.count < nodes, .now < end { try await Task.sleep(for: .milliseconds(20)) }
      var counted = 0
      try await flower.lead(1, with: nodes, in: .eight) { _, round in
        seconds = round.seconds
        counted = round.updates.count
      }
      guard counted == nodes else {
        throw BenchError.failed(process: "crowd", saying: "only \(counted) of \(nodes) counted")
      }
    }
    return seconds
  }

  /// Which nodes have come.
  private final class Online: Sendable {
    private let nodes = Mutex<Set<Int>>([])

    var count: Int { nodes.withLock { $0.count } }
    func add(_ node: Int) { nodes.withLock { _ = $0.insert(node) } }
  }

  /// Does something while every node takes part.
  private func whileTakingPart(
    _ nodes: Zip2Sequence<[URL], [NodeFolder]>, at address: CoordinatorAddress,
    _ body: (Online) async throws -> Void
  ) async throws {
    let online = Online()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, (place, folder)) in nodes.enumerated() {
        group.addTask {
          let work = IdleWork(in: place)
          let transport = FlowerTransport(address, of: folder)
          do {
            try await FederationNode(transport, folder: folder) { event in
              if case .online = event { online.add(index) }
            }.run { try await work.answer($0) }
          } catch {
            await transport.close()
            throw error
          }
        }
      }
      defer { group.cancelAll() }
      try await body(online)
    }
  }

  private func newPlace(_ name: String) throws -> URL {
    let place = folder.appending(path: name, directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    return place
  }

  private func nodePlaces(in place: URL) -> [URL] {
    (0..<nodes).map { place.appending(path: "node-\($0)") }
  }

  private func url(_ scheme: String, _ port: Int) throws -> URL {
    guard let url = URL(string: "\(scheme)://127.0.0.1:\(port)") else {
      preconditionFailure("an address of this machine is one")
    }
    return url
  }

  /// Lets this process have as many connections as it needs: usual is 1024 files, and a connection
  /// has two ends here, and two more in the relay.
  private func makeRoom() throws {
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    getrlimit(resource, &limit)
    let needed = rlim_t(100 + 9 * nodes)
    guard limit.rlim_cur < needed else { return }
    guard limit.rlim_max >= needed else {
      throw BenchError.failed(
        process: "crowd",
        saying: "\(nodes) nodes need \(needed) open files, and this machine allows "
          + "\(limit.rlim_max) (ulimit -n)")
    }
    limit.rlim_cur = needed
    setrlimit(resource, &limit)
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
