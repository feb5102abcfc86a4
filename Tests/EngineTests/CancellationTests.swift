import Synchronization
import Testing

@testable import Engine

@Suite("Work that is called off ends early and changes nothing")
struct CancellationTests {
  /// Is cancelled from a certain look on, counted from 0.
  private final class Looks: Sendable {
    private let count = Atomic(0)
    private let last: Int

    init(last: Int = .max) { self.last = last }

    var made: Int { count.load(ordering: .relaxed) }

    var cancellation: Cancellation {
      Cancellation { [self] in count.wrappingAdd(1, ordering: .relaxed).oldValue >= last }
    }
  }

  @Test(
    "wherever it ends, weights and optimiser are as before, and the next step is the same",
    arguments: [
      (Sample.evidence, nil), (.evidence, 0.1), (.branches, nil), (.batches, nil),
    ] as [(Sample, Float?)])
  func everywhere(sample: Sample, exampleClip: Float?) throws {
    let scene = try Scene(sample, batch: 6)
    func training() throws -> Training {
      let training = try scene.training(.adamW(), .init(threads: 2, exampleClip: exampleClip))
      try training.step(scene.images, weighing(scene.slope), learningRate: 0.01)
      return training
    }
    func step(_ training: Training, _ looks: Looks) throws -> Float {
      try training.step(
        scene.images, weighing(scene.slope), learningRate: 0.01, unless: looks.cancellation)
    }
    let (whole, all) = (try training(), Looks())
    let (weights, state) = (whole.parameters, whole.optimizerState)
    let loss = try step(whole, all)
    #expect(all.made > 8)
    let stopped = try training()
    for last in 0..<all.made {
      #expect(throws: EngineError.cancelled) { try step(stopped, Looks(last: last)) }
      #expect(stopped.parameters == weights, "at look \(last)")
      #expect(stopped.optimizerState == state, "at look \(last)")
    }
    #expect(try step(stopped, Looks()) == loss)
    #expect(stopped.parameters == whole.parameters)
    #expect(stopped.optimizerState == whole.optimizerState)
  }

  @Test("a task that is cancelled while the loss is measured does not finish its step")
  func task() async throws {
    let learns = Task.detached {
      let scene = try Scene(.evidence, batch: 4)
      let training = try scene.training()
      #expect(throws: EngineError.cancelled) {
        try training.step(
          scene.images,
          { output in
            withUnsafeCurrentTask { $0?.cancel() }
            return try weighing(scene.slope)(output)
          }, learningRate: 0.1)
      }
      #expect(throws: EngineError.cancelled) {
        try training.gradient(scene.images, weighing(scene.slope))
      }
      #expect(training.parameters == scene.parameters)
    }
    try await learns.value
  }

  @Test("once it is called off no item is begun", arguments: [false, true], [1, 2, 3])
  func noneBegun(isBackground: Bool, workers: Int) {
    let pool = WorkerPool(workers: workers, isBackground: isBackground)
    let begun = Atomic(0)
    #expect(throws: EngineError.cancelled) {
      try pool.run(100, unless: Looks(last: 3).cancellation) { _, _ in
        begun.wrappingAdd(1, ordering: .relaxed)
      }
    }
    #expect(begun.load(ordering: .relaxed) == 3)
  }

  @Test("a row of images ends early only where that is wanted", arguments: [1, 2])
  func inference(threads: Int) async throws {
    let reads = Task.detached {
      let scene = try Scene(.evidence, batch: 5)
      let inference = try Inference(
        scene.network, scene.parameters, batch: 5, threads: threads)
      let output = try inference.run(scene.images, heedsCancellation: true)
      withUnsafeCurrentTask { $0?.cancel() }
      #expect(throws: EngineError.cancelled) {
        try inference.run(scene.images, heedsCancellation: true)
      }
      #expect(try inference.run(scene.images) == output)
    }
    try await reads.value
  }
}
