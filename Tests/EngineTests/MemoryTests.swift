import Testing

@testable import Engine

@Suite("Memory is stated before the first step")
struct MemoryTests {
  @Test("a ledger counts the buffers made for it, for as long as they live")
  func counts() throws {
    let ledger = Ledger()
    let outside = try Buffer(count: 1000)
    var inside: Buffer? = try ledger.counting { () throws(EngineError) in try Buffer(count: 1000) }
    #expect(ledger.bytes == 1008 * 4)
    inside = nil
    #expect(inside == nil && ledger.bytes == 0)
    #expect(outside.count == 1008)
  }

  @Test("inference says what its weights and maps need, and runs make no more of it")
  func inference() throws {
    let scene = try Scene(.evidence, batch: 4)
    let one = try Inference(scene.network, scene.parameters, threads: 2)
    let many = try Inference(scene.network, scene.parameters, batch: 4, threads: 2)
    #expect(one.memory > scene.parameters.count * 4)
    #expect(many.memory > one.memory)
    let stated = many.memory
    _ = try many.run(scene.images)
    #expect(many.memory == stated)
  }

  @Test("training says what a batch needs, more for more images, and a step makes no more of it")
  func training() throws {
    let scene = try Scene(.batches, batch: 8)
    func training(_ batch: Int) throws -> Training {
      try Training(scene.network, scene.parameters, batch: batch, optimizer: .adamW())
    }
    let (few, many) = (try training(8), try training(16))
    // Of each image at least the image itself is kept.
    #expect(many.memory - few.memory > 8 * scene.network.input.count * 4)
    let stated = few.memory
    let slope = [Float](repeating: 0.1, count: 8 * scene.network.outputShape.count)
    try few.step(scene.images, weighing(slope), learningRate: 1e-3)
    #expect(few.memory == stated)
  }

  @Test("what the machine does not have is refused before it is touched")
  func refuses() throws {
    let network = try Network(
      input: .init(channels: 1, height: 512, width: 512),
      nodes: [
        .init(
          name: "wide", operation: .convolution(channels: 256, kernel: 3, stride: 1, padding: 1),
          inputs: [Network.image])
      ], output: "wide")
    // 256 MB for each of 4096 images.
    let error = #expect(throws: EngineError.self) {
      try Training(network, network.initialParameters(seed: 1), batch: 4096, optimizer: .adamW())
    }
    guard case .outOfMemory? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
