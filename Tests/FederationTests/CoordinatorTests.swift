import Engine
import Federation
import Foundation
import Radiology
import Testing

@Suite struct CoordinatorTests {
  let consortium: Consortium
  let gate: PrivacyGate

  init() throws {
    consortium = try Consortium()
    gate = try PrivacyGate()
  }

  @Test("the next model is the mean of the changes, weighted by lessons")
  func average() async throws {
    let coordinator = try consortium.coordinator()
    let task = try await opened(coordinator)
    for (place, change, lessons) in [(0, Float(1), 10), (1, 4, 30)] {
      try await coordinator.receive(
        consortium.update(place, change: change, lessons: lessons, for: task, gate: gate).bytes)
    }
    let round = try await coordinator.endRound()
    #expect(await coordinator.model == parameters([4.25, 5.25]))
    #expect(round.contributions.map(\.site) == ["Lakeside", "North"])
    #expect(round.modelOut == parameters([4.25, 5.25]).digest)
  }

  @Test(
    "a weighting says what an update weighs",
    arguments: [
      (Strategy.Weighting.lessons, Float(3.7)), (.squareRoot, 3.25), (.equal, 2.5),
    ])
  func weightings(weighting: Strategy.Weighting, expected: Float) async throws {
    let coordinator = try consortium.coordinator(strategy: Strategy(weighting: weighting))
    let task = try await opened(coordinator)
    for (place, change, lessons) in [(0, Float(1), 1), (1, 4, 9)] {
      try await coordinator.receive(
        consortium.update(place, change: change, lessons: lessons, for: task, gate: gate).bytes)
    }
    try await coordinator.endRound()
    #expect(await abs(coordinator.model.entries[0].values[0] - 1 - expected) < 1e-6)
  }

  @Test("momentum keeps a share of the last step")
  func momentum() async throws {
    let coordinator = try consortium.coordinator(strategy: Strategy(momentum: 0.5))
    for change in [Float(1), 0] {
      let task = try await opened(coordinator)
      try await coordinator.receive(
        consortium.update(0, change: change, lessons: 1, for: task, gate: gate).bytes)
      try await coordinator.endRound()
    }
    #expect(await coordinator.model == parameters([2.5, 3.5]))
  }

  @Test(
    "the mean of the models reaches back over a share of the rounds, and two rounds have none",
    arguments: [(2, Float(2)), (20, 1.25)])
  func memory(rounds: Int, expected: Float) async throws {
    let coordinator = try consortium.coordinator(
      rounds: rounds, strategy: Strategy(memory: 0.1), model: parameters([0]))
    for change in [Float](repeating: 0, count: rounds - 2) + [1, 1] {
      let task = try await opened(coordinator)
      try await coordinator.receive(
        consortium.update(0, change: change, lessons: 1, for: task, gate: gate).bytes)
      try await coordinator.endRound()
    }
    // Of two rounds in twenty: half of the last model, and a quarter of the one before.
    #expect(await coordinator.model == parameters([2]))
    #expect(await coordinator.mean == parameters([expected]))
  }

  @Test("who came first changes no bit of the model")
  func order() async throws {
    var models: [Parameters] = []
    for places in [[0, 1, 2], [2, 0, 1]] {
      let coordinator = try consortium.coordinator()
      let task = try await opened(coordinator)
      for place in places {
        try await coordinator.receive(
          consortium.update(
            place, change: 0.1 * Float(place + 1), lessons: 7 * place + 1, for: task, gate: gate
          ).bytes)
      }
      try await coordinator.endRound()
      models.append(await coordinator.model)
    }
    #expect(models[0] == models[1])
  }

  @Test("an update cut short, changed or lengthened anywhere is refused and changes nothing")
  func tampered() async throws {
    let coordinator = try consortium.coordinator()
    let task = try await opened(coordinator)
    let bytes = try consortium.update(0, change: 1, lessons: 1, for: task, gate: gate).bytes
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 0x40
      await #expect(throws: FederationError.self) { try await coordinator.receive(changed) }
      await #expect(throws: FederationError.self) {
        try await coordinator.receive(Array(bytes.prefix(index)))
      }
    }
    await #expect(throws: FederationError.self) { try await coordinator.receive(bytes + [0]) }
    await #expect(throws: FederationError.noQuorum(got: 0, needed: 1)) {
      try await coordinator.endRound()
    }
    #expect(await coordinator.model == task.parameters)
  }

  @Test("a stranger, a second update, an old round and a foreign model are refused by name")
  func refused() async throws {
    let coordinator = try consortium.coordinator()
    let task = try await opened(coordinator)
    let foreign = try Consortium()
    await #expect(throws: FederationError.wrongSignature) {
      try await coordinator.receive(
        foreign.update(0, change: 1, lessons: 1, for: task, gate: gate).bytes)
    }
    let bytes = try consortium.update(0, change: 1, lessons: 1, for: task, gate: gate).bytes
    try await coordinator.receive(bytes)
    await #expect(throws: FederationError.alreadyReceived) { try await coordinator.receive(bytes) }
    let other = RoundTask(
      round: 1, rounds: 2, work: task.work, parameters: parameters([9, 9]))
    await #expect(throws: FederationError.wrongModel) {
      try await coordinator.receive(
        consortium.update(1, change: 1, lessons: 1, for: other, gate: gate).bytes)
    }
    try await coordinator.endRound()
    await #expect(throws: FederationError.wrongRound(expected: 2, got: 1)) {
      try await coordinator.receive(bytes)
    }
  }

  @Test("a refused partner is named with its reason, and the others' round goes on")
  func quarantine() async throws {
    let coordinator = try consortium.coordinator(longestChange: 2)
    let task = try await opened(coordinator)
    await #expect(throws: FederationError.self) {
      try await coordinator.receive(
        consortium.update(1, change: 100, lessons: 1, for: task, gate: gate).bytes)
    }
    try await coordinator.receive(
      consortium.update(0, change: 1, lessons: 1, for: task, gate: gate).bytes)
    let round = try await coordinator.endRound()
    #expect(round.contributions.map(\.refusal).map { $0 != nil } == [false, true])
    #expect(await coordinator.model == parameters([2, 3]))
  }

  @Test("in few bits sites train from a model as near as they bring it, and nothing is lost")
  func fewBits() async throws {
    let coordinator = try consortium.coordinator(rounds: 9, updateBits: .eight)
    var ways: [Double] = []
    for round in 1...9 {
      let task = try await opened(coordinator)
      ways.append(await coordinator.model.subtracting(task.parameters).norm)
      let trained = parameters(zip(task.parameters.entries[0].values, [1, 0.3]).map { $0 + $1 })
      try await coordinator.receive(
        gate.seal(trained, trainedOn: 1, for: task, as: consortium.member(0)).bytes)
      #expect(try await coordinator.endRound().modelIn == task.parameters.digest)
      #expect(await coordinator.model.entries[0].values[0] == 1 + Float(round))
    }
    // 0.3 is no whole number of steps of 1/127; half of one is the most that is missing, ever.
    #expect(ways[0] == 0 && ways[1...].allSatisfy { $0 > 0 && $0 < 1.1 / 254 })
    #expect(abs(await coordinator.model.entries[0].values[1] - 4.7) < 1e-4)
  }

  @Test("a task the coordinator did not sign is not believed")
  func forgedTask() async throws {
    let coordinator = try consortium.coordinator()
    let bytes = try #require(try await coordinator.task(for: "North"))
    let stranger = try Consortium()
    #expect(throws: FederationError.wrongSignature) {
      try RoundTask(opening: bytes, from: stranger.roster.coordinator)
    }
  }

  @Test("after the last round there is no task and nothing is received")
  func finished() async throws {
    let coordinator = try consortium.coordinator(rounds: 1)
    let task = try await opened(coordinator)
    let bytes = try consortium.update(0, change: 1, lessons: 1, for: task, gate: gate).bytes
    try await coordinator.receive(bytes)
    try await coordinator.endRound()
    #expect(try await coordinator.task(for: "North") == nil)
    await #expect(throws: FederationError.self) { try await coordinator.receive(bytes) }
    #expect(await coordinator.history.count == 1)
  }

  @Test("a roster names nobody twice and is never empty")
  func roster() throws {
    #expect(throws: FederationError.self) { try Consortium(names: ["North", "North"]) }
    #expect(throws: FederationError.self) { try Consortium(names: []) }
  }

  private func opened(_ coordinator: Coordinator) async throws -> RoundTask {
    let bytes = try #require(try await coordinator.task(for: "North"))
    return try RoundTask(opening: bytes, from: consortium.roster.coordinator)
  }
}
