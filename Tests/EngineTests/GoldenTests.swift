import Foundation
import Testing

@testable import Engine

@Suite("What PyTorch computes, the engine computes")
struct GoldenTests {
  /// One network as `Golden/golden.py` wrote it down.
  struct Golden: Decodable, CustomTestStringConvertible {
    struct Entry: Decodable {
      let name: String
      let shape: [Int]
      let values: [Float]
    }

    let network: Network
    let batch: Int
    private let parameters: [Entry]
    let images: [Float]
    let slope: [Float]
    let inference: [Double]
    let gradients: [String: [Double]]
    let losses: [Double]
    let remembered: [String: [Double]]

    var weights: Parameters {
      Parameters(
        entries: parameters.map {
          Parameters.Entry(name: $0.name, shape: $0.shape, values: $0.values)
        })
    }

    var testDescription: String { "\(network.nodes.count) nodes" }
  }

  static let all: [Golden] = {
    let place = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Golden/golden.json")
    do {
      return try JSONDecoder().decode([Golden].self, from: Data(contentsOf: place))
    } catch {
      preconditionFailure("the golden tensors lie beside the tests: \(error)")
    }
  }()

  @Test("inference", arguments: all)
  func inference(golden: Golden) throws {
    let inference = try Inference(golden.network, golden.weights, batch: golden.batch)
    #expect(error(try inference.run(golden.images), from: golden.inference) < 1e-5)
  }

  @Test("gradients of every array", arguments: all)
  func gradients(golden: Golden) throws {
    let training = try Training(
      golden.network, golden.weights, batch: golden.batch, optimizer: .sgd())
    let result = try training.gradient(golden.images, weighing(golden.slope)).gradient
    for entry in result.entries where golden.remembered[entry.name] == nil {
      let expected = try #require(golden.gradients[entry.name])
      #expect(error(entry.values, from: expected) < 2e-5, "\(entry.name)")
    }
  }

  @Test("the losses of a few steps, and what the batch norms remember of them", arguments: all)
  func trajectory(golden: Golden) throws {
    let training = try Training(
      golden.network, golden.weights, batch: golden.batch, optimizer: .sgd(momentum: 0.9))
    let losses = try golden.losses.map { _ in
      try training.step(
        golden.images,
        { output in
          let count = Float(output.count)
          return (output.reduce(0) { $0 + $1 * $1 } / count, output.map { 2 * $0 / count })
        }, learningRate: 0.05)
    }
    for (loss, expected) in zip(losses, golden.losses) {
      #expect(abs(Double(loss) - expected) < 1e-5 * expected)
    }
    for entry in training.parameters.entries {
      guard let expected = golden.remembered[entry.name] else { continue }
      #expect(error(entry.values, from: expected) < 1e-5, "\(entry.name)")
    }
  }
}
