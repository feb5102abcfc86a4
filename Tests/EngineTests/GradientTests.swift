import Testing

@testable import Engine

@Suite("Forward and backward agree with their definitions")
struct GradientTests {
  @Test("the reference's gradients are what finite differences say", arguments: [1, 2] as [UInt64])
  func finiteDifferences(seed: UInt64) throws {
    let network = try Networks.zoo()
    var graph = Reference.Graph(
      network, network.initialParameters(seed: seed).shaken(seed: seed))
    let image = Reference.Map(network.input, noise(network.input.count, seed: 7).map(Double.init))
    let slope = Reference.Map(
      network.outputShape, noise(network.outputShape.count, seed: 8).map(Double.init))
    let gradients = graph.gradients(image, slope: slope)
    func objective() -> Double {
      zip(graph.output(image).values, slope.values).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let step = 1e-6
    for (name, _) in network.parameterShapes {
      let values = try #require(graph.parameters[name])
      for index in [0, values.count / 2, values.count - 1] {
        graph.parameters[name]?[index] = values[index] + step
        let above = objective()
        graph.parameters[name]?[index] = values[index] - step
        let below = objective()
        graph.parameters[name] = values
        let expected = (above - below) / (2 * step)
        let got = try #require(gradients[name]?[index])
        // Rounding of the difference is about 1e-16 / 1e-6; bends of the curve are smaller.
        #expect(abs(got - expected) < 1e-6 + 1e-5 * abs(expected), "\(name)[\(index)]")
      }
    }
  }

  @Test("inference gives the reference's output", arguments: [1, 2, 3, 5])
  func inference(channels: Int) throws {
    let network = try Networks.zoo(channels: channels)
    let parameters = network.initialParameters(seed: 3).shaken(seed: 4)
    let images = noise(3 * network.input.count, seed: 5)
    let output = try Inference(network, parameters, batch: 3, threads: 2).run(images)
    let graph = Reference.Graph(network, parameters)
    let expected = (0..<3).flatMap { image in
      graph.output(
        Reference.Map(
          network.input,
          images[image * network.input.count..<(image + 1) * network.input.count]
            .map(Double.init))
      ).values
    }
    // Single precision through a dozen layers.
    #expect(error(output, from: expected) < 1e-5)
  }

  @Test("training's gradient is the reference's", arguments: [1, 2, 5], [1, 3, 4])
  func training(batch: Int, channels: Int) throws {
    let network = try Networks.zoo(channels: channels)
    let parameters = network.initialParameters(seed: 3).shaken(seed: 4)
    let size = network.input.count
    let outputSize = network.outputShape.count
    let images = noise(batch * size, seed: 5)
    let slope = noise(batch * outputSize, seed: 6)
    let training = try Training(
      network, parameters, batch: batch, optimizer: .sgd(), options: .init(threads: 2))
    let result = try training.gradient(images) { output in
      (zip(output, slope).reduce(0) { $0 + $1.0 * $1.1 }, slope)
    }
    let graph = Reference.Graph(network, parameters)
    var expected: [String: [Double]] = [:]
    for image in 0..<batch {
      let gradients = graph.gradients(
        Reference.Map(network.input, images[image * size..<(image + 1) * size].map(Double.init)),
        slope: Reference.Map(
          network.outputShape,
          slope[image * outputSize..<(image + 1) * outputSize].map(Double.init)))
      expected.merge(gradients) { zip($0, $1).map(+) }
    }
    for entry in result.gradient.entries {
      let definition = try #require(expected[entry.name])
      #expect(error(entry.values, from: definition) < 2e-5, "\(entry.name)")
    }
  }
}
