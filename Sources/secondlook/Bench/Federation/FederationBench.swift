import Engine
import Federation
import Foundation
import Reporting
import Synchronization

/// Rounds with one node, whose every byte goes through a relay.
struct FederationBench {
  /// Who is the node.
  enum Client {
    /// Ours, asked for so many bits a value; in floats without.
    case ours(UpdateBits?)
    /// Flower's SuperNode, with a client that does as little as ours.
    case flower
  }

  /// What was seen of one.
  struct Outcome {
    /// Bytes of a round.
    let up: Double
    let down: Double
    /// Milliseconds from its start until it asked for work.
    let start: Double
    /// Most memory of all its processes, in MB.
    let memory: Double
  }

  let folder: URL
  /// With Flower in it; without, our own coordinator leads.
  let python: URL?
  /// What went through between the end of the first and of the last is counted, so that what is
  /// said once is not.
  var rounds = 3

  /// Leads rounds from a model with a node of that kind.
  func measure(_ client: Client, _ model: Parameters) async throws -> Outcome {
    let place = folder.appending(path: UUID().uuidString, directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: place) }
    let port = try Port.free()
    let relay = try CountingRelay(to: port)
    let node = try NodeFolder(place.appending(path: "node"))
    let marks = RoundMarks(relay)
    var bits: UpdateBits?
    if case .ours(let asked) = client { bits = asked }
    if let python {
      let flower = try BenchFlower(python: python, in: place, port: port, model)
      return try await watch(client, relay, place, node) {
        try await flower.lead(rounds, in: bits) { round, _ in marks.ended(round) }
        return marks
      }
    }
    return try await lead(client, relay, place, node, marks, model, in: bits, at: port)
  }

  private func watch(
    _ client: Client, _ relay: CountingRelay, _ place: URL, _ node: NodeFolder,
    while leading: () async throws -> RoundMarks
  ) async throws -> Outcome {
    let begun = ContinuousClock.now
    let process = try start(client, at: relay.port, place)
    defer { process.stopTree() }
    let memory = TreeMemory(of: process.process)
    let marks = try await leading()
    return outcome(begun, relay, memory, marks)
  }

  private func outcome(
    _ begun: ContinuousClock.Instant, _ relay: CountingRelay, _ memory: TreeMemory,
    _ marks: RoundMarks
  ) -> Outcome {
    let (up, down) = marks.perRound
    let start = relay.traffic.askedForWork.map { ($0 - begun) / .milliseconds(1) } ?? .nan
    return Outcome(up: up, down: down, start: start, memory: memory.end())
  }

  private func start(_ client: Client, at port: Int, _ place: URL) throws -> BenchTool {
    switch client {
    case .ours:
      guard let program = Assets.runningExecutable else {
        throw BenchError.failed(process: "secondlook", saying: "/proc is not there")
      }
      return try BenchTool(
        program.path,
        ["bench", "node", "http://127.0.0.1:\(port)", place.appending(path: "node").path], in: place
      )
    case .flower:
      guard let python else { preconditionFailure("Flower's node needs Flower") }
      return try BenchTool(
        "/usr/bin/env",
        BenchFlower.environment(python, place) + [
          python.deletingLastPathComponent().appending(path: "flower-supernode").path,
          "--insecure", "--superlink", "127.0.0.1:\(port)", "--port", "\(try Port.free())",
        ], in: place)
    }
  }

  /// The same with our own coordinator.
  private func lead(
    _ client: Client, _ relay: CountingRelay, _ place: URL, _ node: NodeFolder,
    _ marks: RoundMarks, _ model: Parameters, in bits: UpdateBits?, at port: Int
  ) async throws -> Outcome {
    let consortium = try ConsortiumFolder(place.appending(path: "coordinator"))
    try consortium.changeRoster { _ in
      try ConsortiumRoster(
        consortium: "Bench", coordinator: .init(name: "Bench", key: consortium.key.publicKey),
        members: [.init(name: "node", key: try PublicNodeKey(node.key.publicOpenSSH))])
    }
    let run = try ConsortiumRun(
      in: consortium,
      plan: ConsortiumPlan(
        rounds: rounds, work: RoundTask.Work(steps: 1, batch: 1, learningRate: 1e-3, seed: 1),
        updateBits: bits,
        waits: .init(quorum: 1, forQuorum: .seconds(60), forRound: .seconds(300))),
      tell: { event in
        if case .ended(let round) = event { marks.ended(round.round) }
      })
    let server = try FleetServer(run.coordinator, host: "127.0.0.1", port: port, identity: nil)
    let begun = ContinuousClock.now
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run { _ in } }
      let process = try start(client, at: relay.port, place)
      defer { process.stopTree() }
      let memory = TreeMemory(of: process.process)
      group.addTask { _ = try await run.lead(from: model) }
      defer { group.cancelAll() }
      try await group.next()
      return outcome(begun, relay, memory, marks)
    }
  }
}

/// What had gone through a relay when each round ended.
final class RoundMarks: Sendable {
  private let relay: CountingRelay
  private let marks = Mutex<[Int: CountingRelay.Traffic]>([:])

  init(_ relay: CountingRelay) { self.relay = relay }

  func ended(_ round: Int) {
    let traffic = relay.traffic
    marks.withLock { $0[round] = traffic }
  }

  /// Bytes of a round after the first, up and down.
  var perRound: (up: Double, down: Double) {
    let marks = marks.withLock { $0 }
    guard let first = marks[1], let last = marks.keys.max(), last > 1, let end = marks[last] else {
      return (.nan, .nan)
    }
    let rounds = Double(last - 1)
    return (Double(end.up - first.up) / rounds, Double(end.down - first.down) / rounds)
  }
}
