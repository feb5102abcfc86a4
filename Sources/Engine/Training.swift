/// One replica that learns: forward, loss, backward, optimiser step.
///
/// Same network, parameters, seed and batches give the same bits, whatever the number of threads:
/// the batch is cut into slices by its size alone, and their gradients are added in slice order.
///
/// Not `Sendable`: let one actor or one thread own it, made where it is used. A step does not
/// look at cancellation; it is short, so the caller looks between steps.
public final class Training {
  /// What a learning run may be told besides its optimiser.
  public struct Options: Sendable, Codable, Hashable {
    /// Threads at work, at least 1; the processors of the machine where nil.
    public var threads: Int?
    /// Longest gradient, as Euclidean length over all parameters; longer ones are shortened to it.
    public var gradientClip: Float?
    /// Strength of the pull towards the anchor; 0 for none.
    ///
    /// The µ of FedProx (Li and others 2020, `arXiv:1812.06127`): adds `µ · (weight − anchor)` to the gradient, before it is clipped.
    public var proximity: Float

    public init(threads: Int? = nil, gradientClip: Float? = nil, proximity: Float = 0) {
      self.threads = threads
      self.gradientClip = gradientClip
      self.proximity = proximity
    }
  }

  public let network: Network
  /// Images in each step.
  public let batch: Int

  public init(
    _ network: Network, _ parameters: Parameters, batch: Int, optimizer: Optimizer,
    options: Options = Options()
  ) throws(EngineError) {
    self.network = network
    self.batch = batch
    self.parameters = parameters
    optimizerState = parameters
  }

  public internal(set) var parameters: Parameters
  public internal(set) var optimizerState: Parameters
  public func load(_ parameters: Parameters) throws(EngineError) {}
  public func restore(optimizerState: Parameters) throws(EngineError) {}
  public func anchor(to parameters: Parameters) throws(EngineError) {}

  public func step(
    _ images: [Float], _ loss: (_ output: [Float]) throws -> (value: Float, gradient: [Float]),
    learningRate: Float
  ) throws -> Float { 0 }

  public func gradient(
    _ images: [Float], _ loss: (_ output: [Float]) throws -> (value: Float, gradient: [Float])
  ) throws -> (value: Float, gradient: Parameters) { (0, parameters) }
}
