import Foundation
import Testing

@testable import Engine

@Suite("Tuning")
struct TuningTests {
  @Test(
    "every algorithm gives what the choice by sizes gives, but for rounding",
    arguments: ConvolutionAlgorithm.allCases)
  func everyAlgorithm(_ algorithm: ConvolutionAlgorithm) throws {
    for sample in Sample.allCases {
      let scene = try Scene(sample, batch: 3)
      let tuning = Tuning(
        algorithms: Dictionary(
          uniqueKeysWithValues: scene.network.convolutionNames.map { ($0, algorithm) }))
      let inference = try Inference(scene.network, scene.parameters, batch: 3, tuning: tuning)
      let plain = try Inference(scene.network, scene.parameters, batch: 3)
      let output = try inference.run(scene.images)
      #expect(error(output, from: try plain.run(scene.images).map(Double.init)) < 1e-5)
    }
  }

  @Test("with the same tuning an image gives the same bits, on any number of threads")
  func sameBits() throws {
    let scene = try Scene(.batches)
    let measured = try Tuning(measuring: scene.network, scene.parameters)
    let saved = try JSONDecoder().decode(Tuning.self, from: JSONEncoder().encode(measured))
    #expect(saved == measured)
    let outputs = try [1, 2, 3].map { threads in
      try Inference(scene.network, scene.parameters, threads: threads, tuning: saved)
        .run(scene.images)
    }
    #expect(outputs.allSatisfy { $0 == outputs[0] })
  }

  @Test("what was measured names convolutions of the network, each with what can compute it")
  func measures() throws {
    let scene = try Scene(.evidence)
    let names = scene.network.convolutionNames
    let measured = try Tuning(measuring: scene.network, scene.parameters)
    #expect(names.isSuperset(of: measured.algorithms.keys))
    let strided = scene.network.nodes.filter { node in
      if case .convolution(_, _, let stride, _, _) = node.operation { stride > 1 } else { false }
    }
    #expect(!strided.isEmpty)
    for node in strided {
      #expect(![.winograd2, .winograd4].contains(measured.algorithms[node.name]))
    }
  }

  @Test("a tuning of another network is refused by the name that is not known")
  func refuses() throws {
    let scene = try Scene(.evidence)
    let other = Tuning(algorithms: ["elsewhere": .winograd4])
    #expect(
      throws: EngineError.invalidOption(
        name: "tuning", problem: "the network has no convolution elsewhere")
    ) {
      try Inference(scene.network, scene.parameters, tuning: other)
    }
  }
}
