import Dispatch
public import Engine
import Foundation
import Synchronization

/// Teaches a network from labelled images, step by step.
///
/// Serves both a training run of its own (``train(progress:)``) and one site's share of a
/// federation (``run(steps:from:round:of:)``). Not `Sendable`: one task or actor owns it.
public final class Trainer {
  /// How far a run has come.
  public struct Progress: Sendable {
    /// Counted from 1.
    public let epoch: Int
    public let epochs: Int
    public let step: Int
    public let steps: Int
    /// Mean over the last steps.
    public let loss: Float
    public let imagesPerSecond: Double
    public let remaining: Duration
  }

  public let network: Network
  public let plan: TrainingPlan
  private let lessons: [LabelledImage]
  private let weights: [Float]
  private let stream: LessonStream
  private let training: Training
  /// Moving mean of the weights.
  private var mean: Parameters
  /// Steps of this run so far.
  public private(set) var step = 0

  /// Begins with these weights, or with fresh ones from the plan's seed where nil.
  ///
  /// - Throws: ``TriageError/tooFewLessons(normal:suspicious:)`` without lessons of both classes,
  ///   ``TriageError/parametersDoNotFit(_:)``, ``TriageError/engineFailed(_:)``.
  public init(
    network: Network, parameters: Parameters? = nil, lessons: [LabelledImage],
    plan: TrainingPlan, threads: Int? = nil
  ) throws(TriageError) {
    try plan.check()
    let suspicious = lessons.count(where: \.isSuspicious)
    guard suspicious > 0, suspicious < lessons.count else {
      throw .tooFewLessons(normal: lessons.count - suspicious, suspicious: suspicious)
    }
    guard lessons.allSatisfy({ $0.prepared.side == network.input.width }) else {
      throw .parametersDoNotFit("the lessons were prepared for another network.")
    }
    let parameters = parameters ?? network.freshParameters(seed: plan.seed)
    do {
      try network.check(parameters)
      training = try Training(
        network, parameters, batch: plan.batch, optimizer: plan.optimizer,
        options: Training.Options(
          threads: threads, gradientClip: plan.gradientClip, proximity: plan.proximity))
    } catch {
      throw TriageError(error)
    }
    self.network = network
    self.plan = plan
    self.lessons = lessons
    weights = Self.weights(of: lessons, siteBalance: plan.siteBalance)
    stream = LessonStream(count: lessons.count, seed: plan.seed)
    mean = parameters
  }

  /// Bytes that its steps need, known before the first.
  public var memory: Int { training.memory }

  /// What has been learned so far: the moving mean of the weights where the plan wants one.
  public var parameters: Parameters { plan.averaging > 0 ? mean : training.parameters }

  /// Steps of a whole run of its own.
  public var steps: Int { plan.epochs * stepsInEpoch }

  private var stepsInEpoch: Int { max(1, lessons.count / plan.batch) }

  /// Learns until the plan is done or the task is cancelled; either way ``parameters`` hold what
  /// was learned.
  ///
  /// A step that the cancellation interrupts is as if it had not begun.
  /// - Parameter progress: called after every step.
  /// - Returns: false if it was cancelled.
  /// - Throws: ``TriageError/trainingDiverged(step:)``, ``TriageError/engineFailed(_:)``.
  @discardableResult
  public func train(progress: (Progress) -> Void = { _ in }) throws(TriageError) -> Bool {
    let clock = ContinuousClock()
    let start = clock.now
    let first = step
    var recent: [Float] = []
    while step < steps {
      guard let loss = try learn(step: step, of: steps) else { return false }
      updateMean()
      recent = recent.suffix(stepsInEpoch - 1) + [loss]
      let elapsed = clock.now - start
      let done = step - first
      progress(
        Progress(
          epoch: (step - 1) / stepsInEpoch + 1, epochs: plan.epochs, step: step, steps: steps,
          loss: recent.reduce(0, +) / Float(recent.count),
          imagesPerSecond: Double(done * plan.batch) / max(elapsed / .seconds(1), 1e-9),
          remaining: elapsed / done * (steps - step)))
    }
    return true
  }

  /// One site's share of a round: so many steps from the round's weights.
  ///
  /// The weights given are also what FedProx pulls towards. The optimiser remembers this site's
  /// earlier rounds where the plan says so. The same rounds from the same weights with the same
  /// seed give the same result.
  /// - Parameters:
  ///   - steps: how many steps each site makes in each round.
  ///   - parameters: the round's weights.
  ///   - round: counted from 0.
  ///   - rounds: how many there will be; the learning rate falls over all of them.
  ///   - goesOn: told after every step how many were made; false ends the round there.
  /// - Returns: the weights after the last step, the mean loss, and how many steps were made. If
  ///   the task is cancelled in between, the steps that were made count.
  /// - Throws: ``TriageError/parametersDoNotFit(_:)``, ``TriageError/trainingDiverged(step:)``,
  ///   ``TriageError/engineFailed(_:)``.
  public func run(
    steps: Int, from parameters: Parameters, round: Int, of rounds: Int,
    goesOn: (Int) -> Bool = { _ in true }
  ) throws(TriageError) -> (parameters: Parameters, loss: Float, steps: Int) {
    precondition(steps > 0 && round >= 0 && round < rounds, "a round of the plan, with steps")
    do {
      let memory = training.optimizerState
      try training.load(parameters)
      if plan.keepsOptimizer { try training.restore(optimizerState: memory) }
    } catch {
      throw TriageError(error)
    }
    var sum: Float = 0
    var made = 0
    for index in 0..<steps {
      step = round * steps + index
      guard let loss = try learn(step: step, of: rounds * steps) else { break }
      sum += loss
      made += 1
      guard goesOn(made) else { break }
    }
    mean = training.parameters
    return (training.parameters, made > 0 ? sum / Float(made) : 0, made)
  }

  /// What the optimiser remembers, so that a round goes on in another process as in this one.
  public var optimizerState: Parameters { training.optimizerState }

  /// Lets the optimiser remember what it did at the end of an earlier round.
  ///
  /// - Throws: ``TriageError/engineFailed(_:)`` if it is another network's or another optimiser's.
  public func restore(optimizerState state: Parameters) throws(TriageError) {
    do { try training.restore(optimizerState: state) } catch { throw TriageError(error) }
  }

  /// Makes one step and counts it.
  ///
  /// - Returns: the loss before it; nil if the task is cancelled, and then nothing was learned.
  private func learn(step: Int, of steps: Int) throws(TriageError) -> Float? {
    if Task.isCancelled { return nil }
    let (images, targets) = batch(step)
    let loss = plan.loss
    let value: Float
    do {
      value = try training.step(
        images, { loss($0, targets) },
        learningRate: plan.learningRate(after: Float(step) / Float(steps)))
    } catch let error as EngineError {
      switch error {
      case .cancelled: return nil
      case .notFinite: throw .trainingDiverged(step: step)
      default: throw TriageError(error)
      }
    } catch {
      throw .engineFailed("a step could not be made.")
    }
    guard value.isFinite else { throw .trainingDiverged(step: step) }
    self.step = step + 1
    return value
  }

  /// Changes the lessons of one step by chance, on all processors; the result does not depend on
  /// how many there are.
  private func batch(_ step: Int) -> (images: [Float], targets: [EvidenceLoss.Target]) {
    let chosen = stream.batch(of: plan.batch, step: step)
    let cells = network.outputShape.height
    let made = Mutex([(input: [Float], coverage: [Float]?)?](repeating: nil, count: chosen.count))
    let lessons = lessons
    let plan = plan
    DispatchQueue.concurrentPerform(iterations: chosen.count) { place in
      var random = SeededRandom(seed: plan.seed, stream: UInt64(step), UInt64(place))
      let one = plan.augmentation(lessons[chosen[place]], cells: cells, random: &random)
      made.withLock { $0[place] = one }
    }
    var images: [Float] = []
    images.reserveCapacity(chosen.count * network.input.count)
    var targets: [EvidenceLoss.Target] = []
    for (index, one) in zip(chosen, made.withLock { $0 }) {
      guard let one else { preconditionFailure("every place of the batch was filled") }
      images += one.input
      targets.append(
        EvidenceLoss.Target(
          isSuspicious: lessons[index].isSuspicious, weight: weights[index],
          coverage: one.coverage))
    }
    return (images, targets)
  }

  private func updateMean() {
    guard plan.averaging > 0 else { return }
    // Short at first, or the fresh weights would stay in the mean for long.
    let keep = min(plan.averaging, Float(1 + step) / Float(10 + step))
    let latest = training.parameters
    for entry in mean.entries.indices {
      let values = latest.entries[entry].values
      for index in values.indices {
        mean.entries[entry].values[index] +=
          (1 - keep) * (values[index] - mean.entries[entry].values[index])
      }
    }
  }

  /// Trust in each label times the lift of its site.
  private static func weights(of lessons: [LabelledImage], siteBalance: Double) -> [Float] {
    let sizes = Dictionary(grouping: lessons, by: \.site).mapValues { Double($0.count) }
    let mean = Double(lessons.count) / Double(sizes.count)
    func lift(_ site: String) -> Double { min(pow(mean / (sizes[site] ?? mean), siteBalance), 3) }
    return lessons.map { Float($0.weight * lift($0.site)) }
  }
}
