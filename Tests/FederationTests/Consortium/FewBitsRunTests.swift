import Engine
import Foundation
import Synchronization
import Testing

@testable import Federation

@Suite("A consortium that asks for few bits learns what one does that asks for floats")
struct FewBitsRunTests {
  /// The names of answers that left.
  private final class Answers: Sendable {
    let names = Mutex<[String]>([])

    func note(_ event: FederationNode.Event) {
      guard case .answered(let answer) = event, !answer.isRefusal else { return }
      names.withLock { $0.append(answer.id.description) }
    }
  }

  private static func plan(_ bits: UpdateBits) throws -> ConsortiumPlan {
    try ConsortiumPlan(
      rounds: 2, work: RoundTask.Work(steps: 3, batch: 8, learningRate: 0.01, seed: 7),
      updateBits: bits,
      waits: .init(quorum: 2, forQuorum: .seconds(600), forRound: .seconds(600)))
  }

  /// An honest answer that adds a step, in the bits that are asked for if the site knows of them.
  private static func answer(
    _ message: FleetMessage, adding step: Float, knowsBits: Bool
  ) throws -> SealedReply {
    let instruction = try LearningInstruction(message)
    guard instruction.kind == .train else { return .refusal(.notAllowed) }
    let model = instruction.model
    var trained = model
    trained.entries[0].values = trained.entries[0].values.map { $0 + step }
    let gate = try PrivacyGate()
    guard knowsBits, let bits = instruction.updateBits else {
      return try gate.seal(trained, trainedOn: 10, of: model)
    }
    return try gate.seal(trained, trainedOn: 10, of: model, in: bits, owing: nil).reply
  }

  @Test(
    "one site answers in steps and one in floats, and the ledger names both",
    arguments: UpdateBits.allCases)
  func learns(_ bits: UpdateBits) async throws {
    try await withFolder { place in
      let folders = try (0..<2).map { try NodeFolder(place.appending(path: "node-\($0)")) }
      let sites = try ConsortiumSites([], in: place)
      for (index, folder) in folders.enumerated() { try sites.add("site \(index)", folder.key) }
      let answers = Answers()
      let run = try ConsortiumRun(in: sites.folder, plan: Self.plan(bits))
      let model = try await withThrowingTaskGroup(of: Parameters?.self) { group in
        for (index, folder) in folders.enumerated() {
          let way = LocalTransport(run.coordinator, key: folder.key)
          let node = FederationNode(
            way, folder: folder, pause: .milliseconds(5), tell: answers.note)
          group.addTask {
            try await node.run { message in
              try Self.answer(message, adding: Float(index + 1), knowsBits: index == 0)
            }
            return nil
          }
        }
        group.addTask { try await run.lead(from: parameters([0, 1])) }
        defer { group.cancelAll() }
        while let next = try await group.next() { if let next { return next } }
        throw CancellationError()
      }
      for (value, expected) in zip(model.entries[0].values, [3.0, 4.0]) {
        #expect(abs(Double(value) - expected) < 1e-5)
      }
      let ledger = try String(contentsOf: sites.folder.ledgerFile, encoding: .utf8)
      let names = answers.names.withLock { $0 }
      #expect(names.count >= 4 && names.allSatisfy { ledger.contains($0) })
    }
  }

  @Test("a plan asks for few bits only where it says so")
  func asks() throws {
    #expect(try Self.plan(.eight).updateBits == .eight)
    #expect(
      try Federation.ConsortiumPlan(
        rounds: 1, work: RoundTask.Work(steps: 1, batch: 1, learningRate: 0.01, seed: 1)
      ).updateBits == nil)
  }
}
