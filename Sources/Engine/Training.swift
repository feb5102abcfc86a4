/// One replica that learns: forward, loss, backward, optimiser step.
///
/// The same network, parameters and batches give the same bits, whatever the number of threads:
/// the batch is cut into slices by its size alone, and their gradients are added in slice order.
/// Bits may differ between processors of other vector widths.
///
/// It works in the background: on threads of low priority, and inference goes first even between
/// two slices.
///
/// Memory, which ``memory`` says before the first step: for each image the maps that a gradient
/// needs, for each slice (4 images of a large batch) the gradients of maps and of a region's
/// parameters (between two batch norms; all parameters without), and the parameters three times
/// (four with AdamW, once more with a pull). With the evidence networks of triage that is about 5 MB
/// for each image.
///
/// Not `Sendable`: let one actor or one thread own it, made where it is used. A step ends early
/// where the task that makes it is cancelled: every thread looks before each operation on a slice.
public final class Training {
  /// Measures an output `[images, channels, height, width]`, and says how the measure changes with
  /// each number of it.
  public typealias Loss = (_ output: [Float]) throws -> (value: Float, gradient: [Float])

  /// What a learning run may be told besides its optimiser.
  public struct Options: Sendable, Codable, Hashable {
    /// Threads at work, at least 1; the processors of the machine where nil.
    public var threads: Int?
    /// Longest gradient, as Euclidean length over all parameters; longer ones are shortened to it.
    public var gradientClip: Float?
    /// Strength of the pull towards the anchor; 0 for none.
    ///
    /// The µ of FedProx (Li and others 2020, `arXiv:1812.06127`): adds `µ · (weight − anchor)` to
    /// the gradient, before it is clipped.
    public var proximity: Float
    /// Longest gradient of a single image, as the loss gives it; nil where images may pull as they
    /// like.
    ///
    /// Longer ones are shortened to it before they are added up.
    /// What bounds the trace that one image can leave (Abadi and others 2016,
    /// `arXiv:1607.00133`). Every image becomes a slice of its own: a gradient of all parameters is
    /// kept for each, and convolutions of one image are slower than those of four. What that costs
    /// is the more, the more parameters there are for each pixel; the module's page has figures.
    public var exampleClip: Float?

    public init(
      threads: Int? = nil, gradientClip: Float? = nil, proximity: Float = 0,
      exampleClip: Float? = nil
    ) {
      self.threads = threads
      self.gradientClip = gradientClip
      self.proximity = proximity
      self.exampleClip = exampleClip
    }
  }

  public let network: Network
  /// Images in each step.
  public let batch: Int
  public let optimizer: Optimizer
  public let options: Options

  private let ledger = Ledger()
  /// Bytes of everything a step needs, known before the first one; code that oneDNN compiles comes
  /// on top, some MB.
  public var memory: Int { ledger.bytes }

  private let replica: Replica
  private let learner: Learner

  /// Compiles the network and starts from the parameters, which are the first anchor too.
  ///
  /// - Throws: ``EngineError/parametersDoNotFit(entry:)`` or ``EngineError/notFinite(what:)`` for
  ///   wrong weights, ``EngineError/invalidOption(name:problem:)`` for a setting out of range,
  ///   ``EngineError/outOfMemory(bytes:)`` where the machine has not as much left as ``memory``,
  ///   by `MemAvailable` of `/proc/meminfo`.
  public init(
    _ network: Network, _ parameters: consuming Parameters, batch: Int, optimizer: Optimizer,
    options: Options = Options()
  ) throws(EngineError) {
    try network.check(parameters)
    if let node = network.nodes.first(where: { !$0.operation.learns }) {
      throw .invalidNetwork(node: node.name, problem: "it is only for inference")
    }
    try optimizer.check()
    guard options.gradientClip.map({ $0 > 0 && $0.isFinite }) ?? true else {
      throw .invalidOption(name: "gradientClip", problem: "it is above 0")
    }
    guard options.exampleClip.map({ $0 > 0 && $0.isFinite }) ?? true else {
      throw .invalidOption(name: "exampleClip", problem: "it is above 0")
    }
    guard options.exampleClip == nil || network.rememberedParameters.isEmpty else {
      throw .invalidOption(
        name: "exampleClip", problem: "a batch norm lets every image leave its trace in all others")
    }
    guard options.proximity >= 0, options.proximity.isFinite else {
      throw .invalidOption(name: "proximity", problem: "it is 0 or more")
    }
    self.network = network
    self.batch = batch
    self.optimizer = optimizer
    self.options = options
    replica = try ledger.counting { () throws(EngineError) in
      try Replica(
        network, batch: batch, threads: options.threads, exampleClip: options.exampleClip)
    }
    learner = try ledger.counting { [replica] () throws(EngineError) in
      try Learner(
        replica.layout, optimizer, options, remembered: network.rememberedParameters)
    }
    guard ledger.bytes <= Memory.available else { throw .outOfMemory(bytes: ledger.bytes) }
    try load(parameters)
  }

  /// The weights as they are now.
  public var parameters: Parameters { learner.parameters }

  /// Takes other weights, which become the anchor too, and forgets the optimiser's past.
  ///
  /// - Throws: ``EngineError/parametersDoNotFit(entry:)`` or ``EngineError/notFinite(what:)``, and
  ///   keeps what it has.
  public func load(_ parameters: Parameters) throws(EngineError) {
    try network.check(parameters)
    learner.load(parameters)
  }

  /// The weights that FedProx pulls to, where they are not those last loaded.
  ///
  /// - Throws: ``EngineError/parametersDoNotFit(entry:)`` or ``EngineError/notFinite(what:)``.
  public func anchor(to parameters: Parameters) throws(EngineError) {
    try network.check(parameters)
    learner.anchor(to: parameters)
  }

  /// Length of each image's gradient in the last batch, before it was shortened; empty where no
  /// ``Options/exampleClip`` is set.
  public var exampleLengths: [Double] { replica.exampleLengths }

  /// What the optimiser remembers; with ``parameters`` and the anchor, all it takes to go on as if
  /// never interrupted.
  public var optimizerState: Parameters { learner.state }

  /// Goes on from a remembered state; comes after ``load(_:)``.
  ///
  /// - Throws: ``EngineError/parametersDoNotFit(entry:)`` if it belongs to another network or
  ///   optimiser, ``EngineError/notFinite(what:)``; the state is then unchanged.
  public func restore(optimizerState: Parameters) throws(EngineError) {
    try learner.restore(optimizerState)
  }

  /// Learns from one batch.
  ///
  /// A short last batch is filled up with any finite images whose loss has weight 0: they add
  /// nothing to the gradient.
  /// - Parameters:
  ///   - images: ``batch`` images, `[images, channels, height, width]` as ``Network/input`` says.
  ///   - loss: from the output, `[images, channels, height, width]` as ``Network/outputShape``
  ///     says, to its value and its gradient with respect to every number of the output.
  ///   - learningRate: how far to go, 0 or more.
  /// - Throws: ``EngineError/wrongCount(of:expected:got:)``, ``EngineError/notFinite(what:)`` for
  ///   images, loss or gradient, ``EngineError/cancelled`` where the task is cancelled before the
  ///   gradient is known, and what `loss` throws; weights and optimiser are then unchanged.
  /// - Returns: the loss before the step.
  @discardableResult
  public func step(_ images: [Float], _ loss: Loss, learningRate: Float) throws -> Float {
    try Cancellation.ofTask {
      try step(images, loss, learningRate: learningRate, unless: $0)
    }
  }

  func step(
    _ images: [Float], _ loss: Loss, learningRate: Float, unless cancellation: Cancellation
  ) throws -> Float {
    guard learningRate >= 0, learningRate.isFinite else {
      throw EngineError.invalidOption(name: "learningRate", problem: "it is 0 or more")
    }
    let value = try backpropagate(images, loss, unless: cancellation)
    // What has begun to change the weights goes on to its end.
    try learner.update(
      with: replica.gradient, learningRate: learningRate, on: replica.pool)
    replica.remember(in: learner.weights)
    return value
  }

  /// The loss of one batch and its gradient, without a step, anchor or clip of the sum.
  ///
  /// - Parameters:
  ///   - images: as in ``step(_:_:learningRate:)``.
  ///   - loss: as in ``step(_:_:learningRate:)``.
  /// - Throws: as ``step(_:_:learningRate:)``.
  /// - Returns: the loss and the gradient of each parameter.
  public func gradient(
    _ images: [Float], _ loss: Loss
  ) throws -> (value: Float, gradient: Parameters) {
    let value = try Cancellation.ofTask { try backpropagate(images, loss, unless: $0) }
    return (value, Parameters(entries: replica.layout.parameters(in: replica.gradient)))
  }

  private func backpropagate(
    _ images: [Float], _ loss: Loss, unless cancellation: Cancellation
  ) throws -> Float {
    let expected = batch * network.input.count
    guard images.count == expected else {
      throw EngineError.wrongCount(of: "images", expected: expected, got: images.count)
    }
    guard images.isFinite else { throw EngineError.notFinite(what: "images") }
    let output = try replica.forward(images, with: learner.weights, unless: cancellation)
    let (value, slope) = try loss(output)
    guard slope.count == output.count else {
      throw EngineError.wrongCount(
        of: "gradient of the loss", expected: output.count, got: slope.count)
    }
    guard value.isFinite, slope.allSatisfy(\.isFinite) else {
      throw EngineError.notFinite(what: "loss")
    }
    try replica.backward(slope, with: learner.weights, unless: cancellation)
    return value
  }
}
