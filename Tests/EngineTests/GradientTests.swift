import Testing

@testable import Engine

@Suite("Forward and backward agree with their definitions")
struct GradientTests {
  @Test("the reference's gradients are what finite differences say", arguments: Sample.allCases)
  func finiteDifferences(sample: Sample) throws {
    let scene = try Scene(sample, batch: 2)
    var graph = Reference.Graph(scene.network, scene.parameters)
    let images = [scene.image(0), scene.image(1)]
    let slopes = [scene.slope(0), scene.slope(1)]
    let gradients = graph.gradients(images, slopes: slopes)
    func objective() -> Double {
      zip(graph.outputs(images), slopes).reduce(0) { sum, pair in
        sum + zip(pair.0.values, pair.1.values).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
    let step = 1e-6
    for (index, (name, _)) in scene.network.parameterShapes.enumerated()
    where !scene.network.rememberedParameters.contains(index) {
      let values = try #require(graph.parameters[name])
      for index in Set([0, values.count / 3, values.count - 1]) {
        graph.parameters[name]?[index] = values[index] + step
        let above = objective()
        graph.parameters[name]?[index] = values[index] - step
        let below = objective()
        graph.parameters[name] = values
        let expected = (above - below) / (2 * step)
        let got = try #require(gradients[name]?[index])
        // Rounding of the difference is about 1e-15 / 1e-6; the curve's bend is smaller.
        #expect(abs(got - expected) < 1e-6 + 1e-5 * abs(expected), "\(name)[\(index)]")
      }
    }
  }

  @Test("inference gives the reference's output", arguments: Sample.allCases, [1, 2, 3, 5])
  func inference(sample: Sample, channels: Int) throws {
    let scene = try Scene(sample, channels: channels, batch: 3)
    let output = try Inference(scene.network, scene.parameters, batch: 3, threads: 2)
      .run(scene.images)
    let graph = Reference.Graph(scene.network, scene.parameters)
    let expected = (0..<3).flatMap { graph.output(scene.image($0)).values }
    // Single precision through a dozen layers.
    #expect(error(output, from: expected) < 1e-5)
  }

  @Test("training's gradient is the reference's", arguments: Sample.allCases, [1, 2, 5, 9])
  func training(sample: Sample, batch: Int) throws {
    let scene = try Scene(sample, channels: batch == 2 ? 4 : 1, batch: batch)
    let result = try scene.training().gradient(scene.images, weighing(scene.slope))
    let graph = Reference.Graph(scene.network, scene.parameters)
    let expected = graph.gradients(
      (0..<batch).map(scene.image), slopes: (0..<batch).map(scene.slope))
    for entry in result.gradient.entries {
      let definition = try #require(expected[entry.name])
      #expect(error(entry.values, from: definition) < 2e-5, "\(entry.name)")
    }
  }

  @Test("a gradient reaches every array that the output needs", arguments: Sample.allCases)
  func nothingIsForgotten(sample: Sample) throws {
    let scene = try Scene(sample)
    let gradient = try scene.training().gradient(scene.images, weighing(scene.slope)).gradient
    for entry in gradient.entries {
      let isIdle = ["dead", ".mean", ".variance"].contains { entry.name.contains($0) }
      #expect(entry.values.contains { $0 != 0 } != isIdle, "\(entry.name)")
    }
  }
}
