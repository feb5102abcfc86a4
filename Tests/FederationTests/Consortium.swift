import Crypto
import Engine
import Federation
import Foundation

/// Three hospitals and a coordinator with keys of their own.
struct Consortium {
  let coordinatorKey = P256.Signing.PrivateKey()
  let keys: [P256.Signing.PrivateKey]
  let roster: Roster

  init(names: [String] = ["Lakeside", "North", "St Mary"]) throws {
    keys = names.map { _ in P256.Signing.PrivateKey() }
    roster = try Roster(
      coordinator: Partner(name: "coordinator", key: coordinatorKey.publicKey),
      partners: zip(names, keys).map { Partner(name: $0, key: $1.publicKey) })
  }

  func member(_ place: Int) throws -> Membership {
    try Membership(roster: roster, key: keys[place])
  }

  func coordinator(
    rounds: Int = 2, strategy: Strategy = Strategy(), quorum: Int = 1,
    longestChange: Double? = nil, updateBits: UpdateBits? = nil,
    model: Parameters = parameters([1, 2])
  ) throws -> Coordinator {
    try Coordinator(
      roster: roster, key: coordinatorKey, model: model,
      plan: Coordinator.Plan(
        rounds: rounds, strategy: strategy, quorum: quorum, longestChange: longestChange,
        updateBits: updateBits
      ) { round, _ in RoundTask.Work(steps: 3, batch: 8, learningRate: 0.01, seed: UInt64(round)) },
      now: { Date(timeIntervalSince1970: 0) })
  }

  /// What a site sends whose training moved every value by `change`.
  func update(
    _ place: Int, change: Float, lessons: Int, for task: RoundTask, gate: PrivacyGate
  ) throws -> SealedUpdate {
    let trained = parameters(task.parameters.entries[0].values.map { $0 + change })
    return try gate.seal(trained, trainedOn: lessons, for: task, as: member(place))
  }
}

func parameters(_ values: [Float]) -> Parameters {
  Parameters(entries: [Parameters.Entry(name: "weight", shape: [values.count], values: values)])
}
