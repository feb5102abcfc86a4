import Engine
import Foundation

@testable import Federation

/// What the nodes of the tests do: they add a step to every value, of ten examples a step.
func addingStep(_ step: Float, to message: FleetMessage) throws -> SealedReply {
  let model = try message.model()
  var trained = model
  for place in trained.entries.indices {
    trained.entries[place].values = trained.entries[place].values.map { $0 + step }
  }
  return try PrivacyGate().seal(trained, trainedOn: Int(step) * 10, of: model)
}

/// Leads rounds of two values, of which each node's answer weighs its examples.
func lead(_ coordinator: EmbeddedCoordinator, rounds: Int, nodes: Int) async throws -> [Float] {
  while await coordinator.online.count < nodes { try await Task.sleep(for: .milliseconds(5)) }
  var model: [Float] = [0, 1]
  for _ in 0..<rounds {
    for node in await coordinator.online {
      let array = try FleetArray(model, shape: [2])
      try await coordinator.ask(
        node, to: "train", with: [("arrays", .arrays([("w", array)]))])
    }
    var sum = [Double](repeating: 0, count: 2)
    var weight = 0.0
    for answer in try await coordinator.answers(within: .seconds(600)).values {
      guard case .integer(let examples)? = answer["metrics"]?.value("num-examples"),
        let values = try answer["arrays"]?.array("w")?.floats()
      else { continue }
      for (place, value) in values.enumerated() { sum[place] += Double(value) * Double(examples) }
      weight += Double(examples)
    }
    model = sum.map { Float($0 / weight) }
    await coordinator.endRound()
  }
  return model
}
