import Foundation
import Testing

@testable import Engine

@Suite("A network is a checked value")
struct NetworkTests {
  @Test("it comes back from JSON as it was", arguments: Sample.allCases)
  func json(sample: Sample) throws {
    let network = try sample.network()
    let data = try JSONEncoder().encode(network)
    #expect(try JSONDecoder().decode(Network.self, from: data) == network)
  }

  @Test("what does not fit is refused, and says where")
  func refuses() {
    let input = Network.Shape(channels: 1, height: 8, width: 8)
    func problem(_ nodes: [Network.Node], output: String = "a") -> String? {
      do throws(EngineError) {
        _ = try Network(input: input, nodes: nodes, output: output)
        return nil
      } catch {
        if case .invalidNetwork(let node, _) = error { return node }
        return "another error"
      }
    }
    let a = Network.Node(name: "a", operation: .relu, inputs: ["image"])
    #expect(problem([a]) == nil)
    #expect(problem([a, a]) == "a")
    #expect(problem([a], output: "b") == "output")
    #expect(problem([a], output: "image") == "output")
    #expect(problem([.init(name: "a\u{1b}[2J", operation: .relu, inputs: ["image"])]) == "node 0")
    #expect(problem([.init(name: "image", operation: .relu, inputs: ["image"])]) == "image")
    #expect(problem([.init(name: "a", operation: .relu, inputs: ["later"]), a]) == "a")
    #expect(problem([.init(name: "a", operation: .relu, inputs: [])]) == "a")
    #expect(problem([.init(name: "a", operation: .add, inputs: ["image"])]) == "a")
    for operation: Network.Operation in [
      .convolution(channels: 0, kernel: 3), .convolution(channels: 1, kernel: 9),
      .convolution(channels: 1, kernel: 3, stride: 0),
      .convolution(channels: 1, kernel: 3, padding: 3),
      .convolution(channels: Int.max, kernel: 3), .convolution(channels: 1, kernel: Int.max),
      .groupNorm(groups: 2), .groupNorm(groups: 0), .upsample(factor: 0),
      .upsample(factor: Int.max), .maxPool(kernel: 2, stride: 1, padding: -1),
    ] {
      #expect(problem([.init(name: "a", operation: operation, inputs: ["image"])]) == "a")
    }
  }

  @Test("a network whose memory would be absurd is refused, node by node harmless as it may be")
  func tooLarge() {
    let input = Network.Shape(channels: 1, height: 2048, width: 2048)
    let names = ["image"] + (0..<20).map { "a\($0)" }
    #expect(throws: EngineError.self) {
      try Network(
        input: input,
        nodes: zip(names.dropFirst(), names).map {
          .init(name: $0, operation: .convolution(channels: 16, kernel: 1), inputs: [$1])
        }, output: "a19")
    }
    let wide = Network.Operation.convolution(channels: 8192, kernel: 3)
    #expect(throws: EngineError.self) {
      try Network(
        input: .init(channels: 8192, height: 3, width: 3),
        nodes: [.init(name: "a", operation: wide, inputs: ["image"])], output: "a")
    }
  }

  @Test("shapes, costs and parameters follow from the nodes")
  func facts() throws {
    let network = try Sample.evidence.network()
    #expect(network.outputShape == .init(channels: 1, height: 4, width: 4))
    #expect(network.outputShape.cells == 16)
    let stem = 2 * 16 * 9 * 64
    let blocks = 2 * (2 * 16 * 16 * 9 * 64) + 2 * 16 * (32 * 16 * 9 + 32 * 32 * 9 + 32 * 16)
    #expect(network.floatingPointOperations == stem + blocks + 2 * 32 * 16)
    let parameters = network.initialParameters(seed: 1)
    #expect(parameters.entries.first?.name == "stem.weight")
    #expect(parameters["evidence.weight"]?.shape == [1, 32, 1, 1])
    #expect(parameters["stem.norm.weight"]?.values == [Float](repeating: 1, count: 16))
    try network.check(parameters)
  }

  @Test("a seed gives the same first weights on every machine")
  func seeds() throws {
    let network = try Sample.evidence.network()
    let first = network.initialParameters(seed: 1)
    #expect(first == network.initialParameters(seed: 1))
    #expect(first != network.initialParameters(seed: 2))
    #expect(first.digest == "e7db4b450b293743b2b4deea3ecc71170498c596688195a267d4c6779791a552")
    let reach = Float(6.0 / 9.0).squareRoot()
    let stem = try #require(first["stem.weight"]).values
    #expect(stem.allSatisfy { abs($0) <= reach } && stem.contains { abs($0) > 0.8 * reach })
  }

  @Test("the output layer can start quiet and with its own odds")
  func outputLayer() throws {
    let network = try Sample.evidence.network()
    let usual = network.initialParameters(seed: 1)
    let quiet = network.initialParameters(seed: 1, outputScale: 0.5, outputBias: -3)
    #expect(quiet["evidence.bias"]?.values == [-3])
    let weights = try #require(quiet["evidence.weight"]).values
    #expect(weights == usual["evidence.weight"]?.values.map { $0 * 0.5 })
    #expect(quiet["stem.weight"] == usual["stem.weight"])
  }

  @Test("parameters of another network are refused by the first difference")
  func check() throws {
    let network = try Sample.evidence.network()
    var parameters = network.initialParameters(seed: 1)
    parameters.entries.removeLast()
    #expect(throws: EngineError.parametersDoNotFit(entry: "evidence.bias")) {
      try network.check(parameters)
    }
  }
}
