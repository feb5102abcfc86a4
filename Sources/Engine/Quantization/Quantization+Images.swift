extension Quantization {
  /// Looks at what the maps of a network are like on images of its kind.
  ///
  /// Takes the lowest and the highest number of each map over all images. To leave the rarest out
  /// would make finer steps, but cost more: with the network that ships, spans of 9/10 and 8/10
  /// moved the log odds by 0.046 and 0.082 on average, whole ones by 0.033; four images were enough.
  /// The same images give the same spans, whatever the number of threads.
  ///
  /// - Parameters:
  ///   - network: that will work on bytes.
  ///   - parameters: its weights.
  ///   - images: at least one, `[images, channels, height, width]`; some dozens that look like what
  ///     is to come suffice.
  ///   - threads: at work; the processors of the machine where nil.
  /// - Throws: ``EngineError/wrongCount(of:expected:got:)`` for none or a part of an image,
  ///   ``EngineError/notFinite(what:)`` for NaN or infinity in images, weights or maps,
  ///   ``EngineError/parametersDoNotFit(entry:)`` for another network's weights.
  public init(
    of network: Network, _ parameters: Parameters, images: [Float], threads: Int? = nil
  ) throws(EngineError) {
    let size = network.input.count
    guard !images.isEmpty, images.count % size == 0 else {
      throw .wrongCount(of: "calibration images", expected: size, got: images.count)
    }
    guard images.isFinite else { throw .notFinite(what: "calibration images") }
    try network.check(parameters)
    let fold = BatchNormFold(network)
    guard fold.isSound(parameters) else { throw .notFinite(what: "variance of a batch norm") }
    let plan = Plan(fold.network, for: .inference)
    let workers = try WorkerPool.workers(threads, for: .max, batch: 1)
    let runner = try ImageRunner(plan, parts: workers)
    let pool = WorkerPool(workers: workers)
    try runner.load(fold.parameters(parameters), on: pool, isLast: true)
    let output = try Buffer(count: network.outputShape.count)
    var spans = [Span](repeating: Span(0, 0), count: plan.shapes.count)
    var isFinite = true
    try images.withUnsafeStart { start throws(EngineError) in
      for image in 0..<images.count / size {
        try runner.run(start + image * size, on: pool, into: output.start) { step in
          for map in step == 0 ? [0, 1] : [step + 1] {
            let (low, high) = runner.values(map).extremes
            isFinite = isFinite && (high - low).isFinite
            spans[map] = Span(min(spans[map].low, low), max(spans[map].high, high))
          }
        }
      }
    }
    guard isFinite else { throw .notFinite(what: "maps of the calibration images") }
    try self.init(
      spans: Dictionary(uniqueKeysWithValues: zip(Plan.mapNames(fold.network), spans)))
  }
}

extension Plan {
  /// The node whose values each map of the network's plan for inference holds, the image first.
  static func mapNames(_ network: Network) -> [String] {
    [Network.image] + Lowering(network, for: .inference).steps.map(\.name)
  }
}
