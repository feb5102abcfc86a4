import Foundation
import Testing

@testable import Engine

@Suite("Networks made elsewhere compute what their definitions say")
struct InferenceOperationTests {
  /// Weights that no operation could confuse: variances above 0, everything else anything.
  private func parameters(of network: Network, seed: UInt64) -> Parameters {
    var parameters = network.initialParameters(seed: seed).shaken(seed: seed)
    for index in parameters.entries.indices
    where parameters.entries[index].name.hasSuffix(".variance") {
      parameters.entries[index].values = parameters.entries[index].values.map { 0.1 + abs($0) }
    }
    return parameters
  }

  @Test(
    "alone, shared by threads or in a batch, an image gives the reference's output",
    arguments: InferenceSample.allCases, [(1, 1), (1, 2), (3, 2), (5, 3)])
  func reference(sample: InferenceSample, sizes: (batch: Int, threads: Int)) throws {
    let network = try sample.network()
    let parameters = parameters(of: network, seed: UInt64(sizes.batch))
    let size = network.input.count
    let images = noise(sizes.batch * size, seed: 7)
    let inference = try Inference(
      network, parameters, batch: sizes.batch, threads: sizes.threads)
    let graph = Reference.Graph(network, parameters)
    let expected = (0..<sizes.batch).flatMap { image in
      graph.output(
        Reference.Map(
          network.input, images[image * size..<(image + 1) * size].map(Double.init))
      ).values
    }
    // Single precision through a dozen layers, and an exponential good to 1e-7.
    #expect(error(try inference.run(images), from: expected) < 1e-5)
  }

  @Test("a batch norm goes into the convolution before it, unless its values are needed elsewhere")
  func folds() throws {
    let residual = BatchNormFold(try InferenceSample.residual.network()).network
    #expect(!residual.nodes.contains { $0.name.hasSuffix("norm") })
    #expect(residual.nodes.first?.operation.hasBias == true)
    let dense = BatchNormFold(try InferenceSample.dense.network()).network
    #expect(dense.nodes.filter { $0.name.hasSuffix("norm") }.count == 2)
  }

  @Test(
    "a network with what only inference knows is not trained", arguments: InferenceSample.allCases)
  func untrainable(sample: InferenceSample) throws {
    let network = try sample.network()
    #expect(throws: EngineError.self) {
      try Training(
        network, network.initialParameters(seed: 1), batch: 1, optimizer: .sgd())
    }
  }

  @Test("it comes back from JSON as it was", arguments: InferenceSample.allCases)
  func json(sample: InferenceSample) throws {
    let network = try sample.network()
    let data = try JSONEncoder().encode(network)
    #expect(try JSONDecoder().decode(Network.self, from: data) == network)
  }

  @Test(
    "new weights are taken, and wrong ones leave the old",
    arguments: [InferenceSample.residual, .dense])
  func loads(sample: InferenceSample) throws {
    let network = try sample.network()
    let (first, second) = (parameters(of: network, seed: 1), parameters(of: network, seed: 2))
    let image = noise(network.input.count, seed: 3)
    let inference = try Inference(network, first)
    let before = try inference.run(image)
    try inference.load(second)
    #expect(try inference.run(image) == Inference(network, second).run(image))
    var negative = second
    for index in negative.entries.indices
    where negative.entries[index].name.hasSuffix(".variance") {
      negative.entries[index].values[0] = -1
    }
    try inference.load(first)
    #expect(throws: EngineError.self) { try inference.load(negative) }
    #expect(try inference.run(image) == before)
  }
}

extension Network.Operation {
  fileprivate var hasBias: Bool {
    if case .convolution(_, _, _, _, let bias) = self { bias } else { false }
  }
}
