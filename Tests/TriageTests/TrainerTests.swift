import Engine
import Radiology
import Testing

@testable import Triage

struct TrainerTests {
  private func plan(epochs: Int = 1) -> TrainingPlan {
    var plan = TrainingPlan()
    plan.epochs = epochs
    plan.batch = 8
    plan.averaging = 0.9
    return plan
  }

  private func lessons(_ range: Range<UInt64> = 0..<16, site: String = "a") throws
    -> [LabelledImage]
  {
    try Pictures.lessons(range, preparedBy: Models.preprocessing, site: site)
  }

  @Test("a disc in a lung is learned and pointed at")
  func learns() throws {
    let network = try Models.network()
    var plan = plan(epochs: 20)
    plan.learningRate = 4e-3
    let trainer = try Trainer(network: network, lessons: try lessons(0..<128), plan: plan)
    var losses: [Float] = []
    #expect(try trainer.train { losses.append($0.loss) })
    #expect(losses.count == trainer.steps)
    let (model, statement) = try Model.learned(
      network: network, parameters: trainer.parameters, preprocessing: Models.preprocessing,
      readOut: ReadOut(), validation: try lessons(1000..<1060), card: Models.card(),
      lineage: Models.lineage())
    #expect(statement.hasPrefix("Calibrated"))
    let evaluation = try model.evaluation(on: try lessons(2000..<2060))
    #expect(try #require(evaluation.pooled.auroc) > 0.9)
    let pointing = evaluation.pointing
    #expect(Double(pointing.hits) / Double(pointing.of) > 3 * pointing.random)
  }

  @Test("the same seed gives the same weights and another seed others")
  func deterministic() throws {
    func digest(seed: UInt64, threads: Int? = nil) throws -> String {
      var plan = plan()
      plan.seed = seed
      let trainer = try Trainer(
        network: try Models.network(), lessons: try lessons(), plan: plan, threads: threads)
      try trainer.train()
      return trainer.parameters.digest
    }
    let first = try digest(seed: 1)
    #expect(try digest(seed: 1) == first)
    #expect(try digest(seed: 1, threads: 1) == first)
    #expect(try digest(seed: 2) != first)
  }

  @Test("a round repeats exactly from the same weights")
  func round() throws {
    let network = try Models.network()
    let start = network.freshParameters(seed: 9)
    func outcome(_ round: Int) throws -> Parameters {
      try Trainer(network: network, lessons: try lessons(), plan: plan())
        .run(steps: 2, from: start, round: round, of: 5).parameters
    }
    let first = try outcome(1)
    #expect(first.isShaped(like: start))
    #expect(first != start)
    #expect(try outcome(1) == first)
    #expect(try outcome(2) != first)
  }

  @Test("FedProx keeps a site nearer to the round's weights")
  func proximity() throws {
    let network = try Models.network()
    let start = network.freshParameters(seed: 9)
    func distance(_ proximity: Float) throws -> Double {
      var plan = plan()
      plan.optimizer = .sgd(momentum: 0, weightDecay: 0)
      plan.learningRate = 0.1
      plan.gradientClip = nil
      plan.proximity = proximity
      let trainer = try Trainer(network: network, lessons: try lessons(), plan: plan)
      let result = try trainer.run(steps: 6, from: start, round: 0, of: 1).parameters
      return result.subtracting(start).norm
    }
    #expect(try distance(5) < distance(0))
  }

  @Test("a cancelled run keeps what it has learned")
  func cancelled() async throws {
    let task = Task { @concurrent () throws -> (finished: Bool, step: Int, isFinite: Bool) in
      let trainer = try Trainer(
        network: try Models.network(), lessons: try lessons(), plan: plan(epochs: 1000))
      let finished = try trainer.train { progress in
        if progress.step == 3 { withUnsafeCurrentTask { unsafe $0?.cancel() } }
      }
      return (finished, trainer.step, trainer.parameters.isFinite)
    }
    let result = try await task.value
    #expect(!result.finished)
    #expect(result.step == 3)
    #expect(result.isFinite)
  }

  @Test("a run cancelled at any moment holds whole steps")
  func wholeSteps() async throws {
    /// Learns until it is cancelled: by itself after so many steps, or by others.
    @Sendable @concurrent func learn(
      stopsAt last: Int?, tell: AsyncStream<Int>.Continuation? = nil
    ) async throws -> (step: Int, digest: String) {
      let trainer = try Trainer(
        network: try Models.network(), lessons: try lessons(), plan: plan(epochs: 1000))
      try trainer.train { progress in
        tell?.yield(progress.step)
        if progress.step == last { withUnsafeCurrentTask { unsafe $0?.cancel() } }
      }
      return (trainer.step, trainer.parameters.digest)
    }
    let (steps, tell) = AsyncStream.makeStream(of: Int.self)
    let interrupted = Task { try await learn(stopsAt: nil, tell: tell) }
    for await step in steps where step == 2 { break }
    interrupted.cancel()
    let result = try await interrupted.value
    let whole = try await Task { try await learn(stopsAt: result.step) }.value
    #expect(result == whole)
  }

  @Test("one class alone, foreign weights and senseless plans are refused")
  func refusals() throws {
    let network = try Models.network()
    let normal = try lessons().filter { !$0.isSuspicious }
    #expect(throws: TriageError.tooFewLessons(normal: 8, suspicious: 0)) {
      try Trainer(network: network, lessons: normal, plan: plan())
    }
    #expect(throws: TriageError.tooFewLessons(normal: 0, suspicious: 0)) {
      try Trainer(network: network, lessons: [], plan: plan())
    }
    let other = try Network.chest(side: 64, widths: [16, 16], blocks: [0, 0])
    #expect(throws: TriageError.self) {
      try Trainer(
        network: network, parameters: other.freshParameters(seed: 1), lessons: try lessons(),
        plan: plan())
    }
    #expect(throws: TriageError.self) {
      try Trainer(network: network, lessons: try lessons(), plan: plan(epochs: 0))
    }
    let large = try Pictures.lessons(0..<2, preparedBy: Preprocessing(side: 128))
    #expect(throws: TriageError.self) {
      try Trainer(network: network, lessons: large, plan: plan())
    }
  }

  @Test("the learning rate rises, falls and never reaches zero")
  func schedule() {
    let plan = TrainingPlan()
    let rates = (0...100).map { plan.learningRate(after: Float($0) / 100) }
    #expect(rates[0] == 0)
    #expect(abs((rates.max() ?? 0) - plan.learningRate) < 1e-6)
    #expect(Array(rates[10...]) == rates[10...].sorted(by: >))
    #expect(rates[100] > 0)
  }
}
