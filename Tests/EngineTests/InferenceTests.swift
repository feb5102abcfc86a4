import Testing

@testable import Engine

@Suite("Inference")
struct InferenceTests {
  @Test("an image gives the same bits alone and in any batch", arguments: [1, 2, 3])
  func alone(threads: Int) throws {
    let scene = try Scene(.branches, batch: 7)
    let size = scene.network.input.count
    let together = try Inference(
      scene.network, scene.parameters, batch: 9, threads: threads
    ).run(scene.images)
    let single = try Inference(scene.network, scene.parameters)
    let apart = try (0..<7).flatMap {
      try single.run(Array(scene.images[$0 * size..<($0 + 1) * size]))
    }
    #expect(together == apart)
  }

  @Test("other weights can be loaded, wrong ones change nothing")
  func loads() throws {
    let scene = try Scene(.evidence)
    let inference = try Inference(scene.network, scene.network.initialParameters(seed: 9))
    try inference.load(scene.parameters)
    let expected = try Inference(scene.network, scene.parameters).run(scene.images)
    #expect(try inference.run(scene.images) == expected)
    #expect(throws: EngineError.self) { try inference.load(Scene(.branches).parameters) }
    var broken = scene.parameters
    broken.entries[0].values[0] = .infinity
    #expect(throws: EngineError.notFinite(what: "weights")) { try inference.load(broken) }
    #expect(try inference.run(scene.images) == expected)
  }

  @Test("parts of images, too many, none, and what is not a number are refused")
  func refuses() throws {
    let scene = try Scene(.evidence, batch: 3)
    let inference = try Inference(scene.network, scene.parameters, batch: 2)
    #expect(throws: EngineError.self) { try inference.run(scene.images) }
    #expect(throws: EngineError.self) { try inference.run([]) }
    #expect(throws: EngineError.self) { try inference.run([0.5]) }
    let blank = [Float](repeating: .nan, count: scene.network.input.count)
    #expect(throws: EngineError.notFinite(what: "images")) { try inference.run(blank) }
  }

  /// How the stages own an engine: it is made inside the actor and never leaves it.
  private actor Reader {
    private let inference: Inference
    init(_ network: Network, _ parameters: Parameters) throws {
      inference = try Inference(network, parameters)
    }
    func read(_ image: [Float]) throws -> [Float] { try inference.run(image) }
  }

  @Test("an actor can own it, whatever thread it runs on")
  func actors() async throws {
    let scene = try Scene(.evidence)
    let expected = try Inference(scene.network, scene.parameters).run(scene.images)
    let reader = try Reader(scene.network, scene.parameters)
    try await withThrowingTaskGroup(of: [Float].self) { group in
      for _ in 0..<20 { group.addTask { try await reader.read(scene.images) } }
      for try await output in group { #expect(output == expected) }
    }
  }

  @Test("memory that is not there is a sentence, not the end of the program")
  func noMemory() {
    #expect(throws: EngineError.outOfMemory(bytes: 1 << 60)) { try Buffer(count: 1 << 58) }
    #expect("\(EngineError.outOfMemory(bytes: 5 << 20))".contains("5 MiB"))
  }
}
