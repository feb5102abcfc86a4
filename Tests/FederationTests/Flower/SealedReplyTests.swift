import Engine
import Testing

@testable import Federation

@Suite("Nothing leaves for a coordinator of Flower's but through the privacy gate")
struct SealedReplyTests {
  private let model = parameters([1, 2])

  private func message(_ arrays: [(name: String, array: FleetArray)]) throws -> FleetMessage {
    FleetMessage(try goldenHeading(), .records([("arrays", .arrays(arrays))]))
  }

  @Test("the model moves by what was learned, and no metric but the number of examples leaves")
  func sealed() throws {
    let reply = try PrivacyGate().seal(parameters([4, 6]), trainedOn: 7, of: model)
    let content = FleetMessage(try goldenHeading(), reply.content)
    guard case .records(let records) = content.content else {
      Issue.record("no records")
      return
    }
    #expect(records.map(\.name) == ["arrays", "metrics"])
    #expect(try content["arrays"]?.array("weight")?.floats() == [4, 6])
    guard case .metrics(let metrics)? = content["metrics"] else {
      Issue.record("no metrics")
      return
    }
    #expect(metrics.map(\.name) == ["num-examples"])
    #expect(metrics[0].value == .integer(7))
    #expect(reply.norm == 5 && reply.examples == 7)
  }

  @Test("a change longer than the clip leaves shortened")
  func clipped() throws {
    let reply = try PrivacyGate(clip: 1).seal(parameters([4, 6]), trainedOn: 7, of: model)
    let content = FleetMessage(try goldenHeading(), reply.content)
    let values = try #require(try content["arrays"]?.array("weight")?.floats())
    #expect(abs(values[0] - 1.6) < 1e-6 && abs(values[1] - 2.8) < 1e-6)
    #expect(abs(reply.norm - 1) < 1e-6)
  }

  @Test("no lessons, another shape and values that are no numbers leave nothing")
  func refused() throws {
    let gate = try PrivacyGate()
    #expect(throws: FederationError.noLessons) { try gate.seal(model, trainedOn: 0, of: model) }
    #expect(throws: FederationError.wrongShape) {
      try gate.seal(parameters([1]), trainedOn: 1, of: model)
    }
    #expect(throws: FederationError.notFinite) {
      try gate.seal(parameters([1, .nan]), trainedOn: 1, of: model)
    }
  }

  @Test("a model comes in with its names and shapes, and what no model of ours has stays out")
  func models() throws {
    let weight = try FleetArray([1, 2, 3, 4], shape: [2, 2])
    let model = try message([("b.weight", weight), ("a", try FleetArray([5], shape: []))]).model()
    #expect(model["b.weight"]?.shape == [2, 2] && model["a"]?.values == [5])
    for name in ["with space", "slash/", String(repeating: "n", count: 129)] {
      #expect(throws: FleetError.self, "\(name)") { try message([(name, weight)]).model() }
    }
    let integers = try FleetArray(.int64, shape: [1]) { [UInt8](repeating: 0, count: $0.count) }
    #expect(throws: FleetError.self) { try message([("n", integers)]).model() }
    #expect(throws: FleetError.self) { try message([]).model() }
  }
}
