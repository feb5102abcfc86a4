import Foundation
import Testing

@testable import Engine

/// A network with weights and images, to be worked on in bytes.
private struct QuantizedScene {
  let network: Network
  let parameters: Parameters
  let images: [Float]

  init(_ network: Network, seed: UInt64) {
    self.network = network
    var parameters = network.initialParameters(seed: seed).shaken(seed: seed)
    for index in parameters.entries.indices
    where parameters.entries[index].name.hasSuffix(".variance") {
      parameters.entries[index].values = parameters.entries[index].values.map { 0.1 + abs($0) }
    }
    self.parameters = parameters
    images = noise(3 * network.input.count, seed: seed + 1)
  }

  func quantization(threads: Int? = nil) throws -> Quantization {
    try Quantization(of: network, parameters, images: images, threads: threads)
  }

  /// The output of one image by plain loops in double precision, with weights and maps moved to
  /// what bytes can stand for.
  func twin(_ image: Int, _ quantization: Quantization) throws -> [Double] {
    let fold = BatchNormFold(network)
    let plan = Plan(fold.network, for: .inference)
    let names = Plan.mapNames(fold.network)
    let forms = ByteForms(plan)
    var scales = try quantization.scales(of: names)
    let folded = fold.parameters(parameters)
    let shapes = fold.network.parameterShapes
    var graph = Reference.Graph(
      fold.network,
      Parameters(
        entries: shapes.indices.map {
          .init(name: shapes[$0].name, shape: shapes[$0].shape, values: folded.values($0))
        }))
    for (index, step) in plan.steps.enumerated() where forms.works[index] {
      if case .maxPool = step.operation { scales[step.output] = scales[step.input] }
      guard case .convolution(let convolution) = step.operation else { continue }
      let (name, shape) = shapes[convolution.weight]
      let values = folded.values(convolution.weight)
      let seen = values.count / shape[0]
      let (bytes, steps) = ByteWeights.quantized(
        values, outputs: shape[0], inputs: seen, groups: 1, taps: 1)
      graph.parameters[name] = bytes.enumerated().map { Double($1) * Double(steps[$0 / seen]) }
    }
    // What readers of floats and of bytes see of each map.
    let size = network.input.count
    var floats = [
      Network.image: Reference.Map(
        network.input, images[image * size..<(image + 1) * size].map(Double.init))
    ]
    var bytes: [String: Reference.Map] = [:]
    func keep(_ name: String, _ value: Reference.Map) {
      floats[name] = value
      bytes[name] = value
      guard let map = names.firstIndex(of: name), forms.bytes[map] else { return }
      bytes[name] = Reference.nearest(value, scales[map])
      if let writer = plan.steps.firstIndex(where: { $0.output == map }), forms.works[writer] {
        floats[name] = bytes[name]
      }
    }
    keep(Network.image, floats[Network.image]!)
    for node in fold.network.nodes {
      // Sums and ReLU that a step took in read what that step reads.
      let step = plan.step(of: node.name, in: fold.network, names)
      let isBytes = step.map { forms.works[$0] } ?? false
      let x = node.inputs.map { isBytes ? bytes[$0]! : floats[$0]! }
      keep(node.name, graph.value(of: node, x))
    }
    return floats[fold.network.output]!.values
  }
}

extension Plan {
  /// The step that computes a node's values, kept or not.
  fileprivate func step(of node: String, in network: Network, _ names: [String]) -> Int? {
    var name = node
    while true {
      if let map = names.firstIndex(of: name) { return map - 1 }
      let reader = network.nodes.first { $0.inputs.contains(name) }
      guard let reader else { return nil }
      name = reader.name
    }
  }
}

@Suite("Work on bytes")
struct QuantizationTests {
  private static let networks: [String] =
    Sample.allCases.map(\.rawValue) + InferenceSample.allCases.map(\.rawValue)

  private func scene(_ name: String) throws -> QuantizedScene {
    let sample = try Sample(rawValue: name)?.network()
    return QuantizedScene(try sample ?? InferenceSample(rawValue: name)!.network(), seed: 5)
  }

  @Test("a network gives what plain loops give with rounded weights and maps", arguments: networks)
  func twin(name: String) throws {
    let scene = try scene(name)
    let quantization = try scene.quantization()
    let inference = try Inference(
      scene.network, scene.parameters, batch: 3, threads: 2, quantization: quantization)
    let output = try inference.run(scene.images)
    let size = scene.network.outputShape.count
    for image in 0..<3 {
      let expected = try scene.twin(image, quantization)
      // Single precision moves a number that lies between two bytes to the other one, here and
      // there: one step of 255 in few places.
      let difference = error(Array(output[image * size..<(image + 1) * size]), from: expected)
      #expect(difference < 0.01)
    }
  }

  @Test("it is near what floats give", arguments: networks)
  func near(name: String) throws {
    let scene = try scene(name)
    let bytes = try Inference(
      scene.network, scene.parameters, batch: 3, quantization: scene.quantization()
    ).run(scene.images)
    let floats = try Inference(scene.network, scene.parameters, batch: 3).run(scene.images)
    // Half a step of 255 in each map and weight, through about ten layers that add up by chance:
    // √20 / 510 of the range, and five times that for the largest of all numbers.
    #expect(error(bytes, from: floats.map(Double.init)) < 0.05)
    #expect(bytes != floats)
  }

  @Test("threads and batches change no bit", arguments: networks)
  func bits(name: String) throws {
    let scene = try scene(name)
    let quantization = try scene.quantization(threads: 1)
    #expect(try scene.quantization(threads: 2) == quantization)
    func run(batch: Int, threads: Int) throws -> [Float] {
      let inference = try Inference(
        scene.network, scene.parameters, batch: batch, threads: threads,
        quantization: quantization)
      let size = scene.network.input.count
      return try stride(from: 0, to: 3, by: batch).flatMap {
        try inference.run(Array(scene.images[$0 * size..<($0 + batch) * size]))
      }
    }
    let alone = try run(batch: 1, threads: 1)
    #expect(try run(batch: 1, threads: 1) == alone)
    #expect(try run(batch: 1, threads: 2) == alone)
    #expect(try run(batch: 1, threads: 3) == alone)
    #expect(try run(batch: 3, threads: 2) == alone)
  }

  @Test("other weights are taken, and what the image was before does not matter")
  func loads() throws {
    let first = try scene("residual")
    let second = QuantizedScene(first.network, seed: 11)
    let quantization = try second.quantization()
    let inference = try Inference(first.network, first.parameters, quantization: quantization)
    let image = Array(first.images[..<first.network.input.count])
    _ = try inference.run(image.map { $0 * 100 })
    try inference.load(second.parameters)
    let fresh = try Inference(second.network, second.parameters, quantization: quantization)
    #expect(try inference.run(image) == fresh.run(image))
  }

  @Test("it is made of whole images of numbers only")
  func refuses() throws {
    let scene = try scene("evidence")
    let (network, parameters) = (scene.network, scene.parameters)
    #expect(throws: EngineError.self) { try Quantization(of: network, parameters, images: []) }
    #expect(throws: EngineError.self) {
      try Quantization(of: network, parameters, images: Array(scene.images.dropLast()))
    }
    var broken = scene.images
    broken[7] = .nan
    #expect(throws: EngineError.notFinite(what: "calibration images")) {
      try Quantization(of: network, parameters, images: broken)
    }
    // Too large for any map.
    #expect(throws: EngineError.notFinite(what: "maps of the calibration images")) {
      try Quantization(
        of: network, parameters, images: scene.images.map { $0 * .greatestFiniteMagnitude })
    }
    #expect(throws: EngineError.notFinite(what: "span of a map")) {
      try Quantization(spans: ["image": .init(0, .infinity)])
    }
  }

  @Test("maps that were 0 on all images make numbers all the same", arguments: networks)
  func silence(name: String) throws {
    let scene = try scene(name)
    let spans = try scene.quantization().spans.mapValues { _ in Quantization.Span(0, 0) }
    let inference = try Inference(
      scene.network, scene.parameters, batch: 3, quantization: Quantization(spans: spans))
    #expect(try inference.run(scene.images).allSatisfy(\.isFinite))
    #expect(ByteScale(.init(0, 0)) == ByteScale(.init(0, 255)))
  }

  @Test("another network's is refused")
  func fits() throws {
    let quantization = try scene("residual").quantization()
    let other = try scene("evidence")
    #expect(throws: EngineError.quantizationDoesNotFit(node: "stem")) {
      try Inference(other.network, other.parameters, quantization: quantization)
    }
  }

  @Test("it comes back from JSON as it was, unless a number is none")
  func json() throws {
    let quantization = try scene("branches").quantization()
    let data = try JSONEncoder().encode(quantization)
    #expect(try JSONDecoder().decode(Quantization.self, from: data) == quantization)
    let broken = #"{"spans": {"image": {"low": -3e38, "high": 3e38}}}"#
    #expect(throws: EngineError.self) {
      try JSONDecoder().decode(Quantization.self, from: Data(broken.utf8))
    }
  }

  @Test("maps between convolutions are bytes alone")
  func forms() throws {
    let network = BatchNormFold(try InferenceSample.residual.network()).network
    let plan = Plan(network, for: .inference)
    let forms = ByteForms(plan)
    let names = Plan.mapNames(network)
    let floats = names.indices.filter { forms.floats[$0] }.map { names[$0] }
    #expect(floats == ["sum", "sum.relu", "cd", "mean", "head", "out"])
  }
}
