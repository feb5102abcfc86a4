import Testing

@testable import Engine

@Suite("Training")
struct TrainingTests {
  /// Steps on one batch with a plain cross entropy against alternating targets.
  private func learn(_ training: Training, _ images: [Float], steps: Int) throws -> [Float] {
    let cells = training.network.outputShape.count
    let targets = (0..<training.batch * cells).map { Float($0 / cells % 2) }
    let weights = [Float](repeating: 1, count: targets.count)
    return try (0..<steps).map { _ in
      try training.step(
        images,
        { BinaryCrossEntropy()(logits: $0, targets: targets, weights: weights) },
        learningRate: 0.01)
    }
  }

  @Test(
    "the loss falls to a small part",
    arguments: [Optimizer.adamW(), .sgd(momentum: 0.9, weightDecay: 1e-4)])
  func learns(optimizer: Optimizer) throws {
    let scene = try Scene(.evidence, batch: 6)
    let losses = try learn(scene.training(optimizer), scene.images, steps: 60)
    #expect(losses[59] < 0.2 * losses[0])
  }

  @Test(
    "one thread and several give the same bits", arguments: [Sample.branches, .batches, .wide],
    [3, 16, 21])
  func threads(sample: Sample, batch: Int) throws {
    let scene = try Scene(sample, batch: batch)
    let results = try [1, 2, 3].map { threads in
      let training = try scene.training(.adamW(), .init(threads: threads, gradientClip: 1))
      let losses = try learn(training, scene.images, steps: 4)
      return (losses, training.parameters.digest, training.optimizerState.digest)
    }
    #expect(results[0] == results[1])
    #expect(results[0] == results[2])
  }

  @Test("images clipped one by one give the same bits on one thread and several")
  func clippedThreads() throws {
    let scene = try Scene(.branches, batch: 5)
    let digests = try [1, 2, 3].map { threads in
      let training = try scene.training(.adamW(), .init(threads: threads, exampleClip: 0.5))
      _ = try learn(training, scene.images, steps: 3)
      return training.parameters.digest
    }
    #expect(Set(digests).count == 1)
  }

  @Test("what no step uses never has a gradient, however it is pulled")
  func idle() throws {
    let scene = try Scene(.oddities)
    let training = try scene.training(.adamW(), .init(gradientClip: 1, proximity: 0.5))
    _ = try learn(training, scene.images, steps: 3)
    let gradient = try training.gradient(scene.images, weighing(scene.slope)).gradient
    #expect(gradient["dead.weight"]?.values.allSatisfy { $0 == 0 } == true)
  }

  @Test("the same seed gives the same weights again")
  func repeats() throws {
    let digests = try (0..<2).map { _ in
      let scene = try Scene(.evidence, batch: 8, seed: 5)
      let training = try scene.training()
      _ = try learn(training, scene.images, steps: 5)
      return training.parameters.digest
    }
    #expect(digests[0] == digests[1])
  }

  @Test("interrupted and gone on is the same as never interrupted")
  func resumes() throws {
    let scene = try Scene(.evidence, batch: 4)
    let options = Training.Options(threads: 2, proximity: 0.1)
    for optimizer in [Optimizer.adamW(), .sgd()] {
      let whole = try scene.training(optimizer, options)
      _ = try learn(whole, scene.images, steps: 3)
      let (saved, state) = (whole.parameters, whole.optimizerState)
      _ = try learn(whole, scene.images, steps: 3)

      let resumed = try Training(
        scene.network, try Parameters(decoding: saved.encoded()), batch: 4, optimizer: optimizer,
        options: options)
      try resumed.restore(optimizerState: Parameters(decoding: state.encoded()))
      try resumed.anchor(to: scene.parameters)
      _ = try learn(resumed, scene.images, steps: 3)
      #expect(resumed.parameters == whole.parameters)
      #expect(resumed.optimizerState == whole.optimizerState)
    }
  }

  @Test("a batch filled up with weight 0 has the gradient of the smaller batch")
  func shortBatch() throws {
    let scene = try Scene(.evidence, batch: 2)
    let filled = try Scene(.evidence, batch: 4)
    func gradient(_ scene: Scene, _ images: [Float]) throws -> (Float, Parameters) {
      let cells = scene.network.outputShape.cells
      let weights = (0..<scene.batch * cells).map { Float($0 / cells < 2 ? 1 : 0) }
      return try scene.training().gradient(images) { output in
        BinaryCrossEntropy()(
          logits: output, targets: [Float](repeating: 1, count: weights.count), weights: weights)
      }
    }
    let filling = noise(2 * scene.network.input.count, seed: 99).map { $0 * 100 }
    let small = try gradient(scene, scene.images)
    let large = try gradient(filled, scene.images + filling)
    #expect(small.0 == large.0)
    // Both are cut into slices of one image, so even the bits agree.
    #expect(small.1 == large.1)
  }

  @Test("slices of other sizes change the gradient only by rounding")
  func uneven() throws {
    let scene = try Scene(.branches, batch: 7)
    let cells = scene.network.outputShape.count
    let seven = try scene.training().gradient(scene.images, weighing(scene.slope)).gradient
    let filled = try Training(
      scene.network, scene.parameters, batch: 16, optimizer: .sgd(), options: .init(threads: 2))
    let sixteen = try filled.gradient(
      scene.images + noise(9 * scene.network.input.count, seed: 4),
      weighing(scene.slope + [Float](repeating: 0, count: 9 * cells))
    ).gradient
    #expect(sixteen.subtracting(seven).norm < 1e-6 * seven.norm)
  }

  @Test("a gradient longer than the clip is shortened to it, a shorter one is left")
  func clip() throws {
    let scene = try Scene(.evidence, batch: 2)
    let length = try scene.training().gradient(scene.images, weighing(scene.slope)).gradient.norm
    for clip in [length / 4, length * 4] {
      let training = try scene.training(
        .sgd(momentum: 0), .init(threads: 1, gradientClip: Float(clip)))
      try training.step(scene.images, weighing(scene.slope), learningRate: 0.125)
      let moved = training.parameters.subtracting(scene.parameters).norm / 0.125
      #expect(abs(moved - min(length, clip)) < 1e-4 * length)
    }
  }

  @Test("the proximal pull adds its strength times the distance from the anchor")
  func proximity() throws {
    let scene = try Scene(.evidence, batch: 2)
    let anchor = scene.parameters.shaken(seed: 77)
    let moves = try [0, 0.5].map { (strength: Float) -> Parameters in
      let training = try scene.training(
        .sgd(momentum: 0), .init(threads: 1, proximity: strength))
      try training.anchor(to: anchor)
      try training.step(scene.images, weighing(scene.slope), learningRate: 0.125)
      return training.parameters
    }
    let expected = anchor.subtracting(scene.parameters).scaled(by: 0.125 * 0.5)
    #expect(moves[1].subtracting(moves[0]).subtracting(expected).norm < 1e-5)
  }

  @Test("decay pulls on convolutions' weights only")
  func decay() throws {
    let scene = try Scene(.evidence, batch: 1)
    let training = try scene.training(.adamW(weightDecay: 0.5))
    let none = [Float](repeating: 0, count: scene.slope.count)
    try training.step(scene.images, weighing(none), learningRate: 0.1)
    for (after, before) in zip(training.parameters.entries, scene.parameters.entries) {
      let factor: Float = before.shape.count == 4 ? 0.95 : 1
      #expect(zip(after.values, before.values).allSatisfy { abs($0 - $1 * factor) < 1e-6 })
    }
  }

  @Test("what cannot be learned from leaves weights and optimiser as they were")
  func refuses() throws {
    let scene = try Scene(.evidence, batch: 2)
    let training = try scene.training()
    try training.step(scene.images, weighing(scene.slope), learningRate: 0.01)
    let (weights, state) = (training.parameters, training.optimizerState)
    struct Stop: Error {}
    var blank = scene.images
    blank[5] = .nan
    #expect(throws: EngineError.notFinite(what: "images")) {
      try training.step(blank, weighing(scene.slope), learningRate: 0.01)
    }
    #expect(throws: EngineError.self) {
      try training.step(scene.images.dropLast(), weighing(scene.slope), learningRate: 0.01)
    }
    #expect(throws: EngineError.notFinite(what: "loss")) {
      try training.step(scene.images, { (.infinity, $0) }, learningRate: 0.01)
    }
    #expect(throws: EngineError.wrongCount(of: "gradient of the loss", expected: 32, got: 1)) {
      try training.step(scene.images, { _ in (0, [0]) }, learningRate: 0.01)
    }
    #expect(throws: EngineError.notFinite(what: "gradient")) {
      let huge = scene.slope.map { _ in Float.greatestFiniteMagnitude }
      try training.step(scene.images, { _ in (0, huge) }, learningRate: 0.01)
    }
    #expect(throws: EngineError.self) {
      try training.step(scene.images, weighing(scene.slope), learningRate: .nan)
    }
    #expect(throws: Stop.self) {
      try training.step(scene.images, { _ in throw Stop() }, learningRate: 0.01)
    }
    let other = try Scene(.branches)
    let misfit = EngineError.parametersDoNotFit(
      entry: "stem.weight", expected: weights["stem.weight"]?.shape,
      got: other.parameters["stem.weight"]?.shape)
    #expect(throws: misfit) { try training.load(other.parameters) }
    #expect("\(misfit)".contains("stem.weight, "))
    #expect(throws: EngineError.self) { try training.restore(optimizerState: weights) }
    #expect(training.parameters == weights)
    #expect(training.optimizerState == state)
  }

  @Test("settings out of range are refused")
  func settings() throws {
    let scene = try Scene(.evidence)
    for options in [
      Training.Options(threads: 0), .init(gradientClip: 0), .init(gradientClip: .nan),
      .init(proximity: -1),
    ] {
      #expect(throws: EngineError.self) { try scene.training(.sgd(), options) }
    }
    #expect(throws: EngineError.self) { try scene.training(.sgd(momentum: 1)) }
    #expect(throws: EngineError.self) { try scene.training(.adamW(epsilon: 0)) }
    for batch in [0, -1, 5000] {
      #expect(throws: EngineError.self) {
        try Training(scene.network, scene.parameters, batch: batch, optimizer: .sgd())
      }
      #expect(throws: EngineError.self) {
        try Inference(scene.network, scene.parameters, batch: batch)
      }
    }
  }

  @Test("loading weights forgets the optimiser's past and moves the anchor")
  func reload() throws {
    let scene = try Scene(.evidence, batch: 2)
    let fresh = try scene.training(.adamW(), .init(threads: 1, proximity: 1))
    let used = try scene.training(.adamW(), .init(threads: 1, proximity: 1))
    _ = try learn(used, scene.images, steps: 3)
    try used.load(scene.parameters)
    #expect(used.optimizerState == fresh.optimizerState)
    #expect(try learn(used, scene.images, steps: 3) == learn(fresh, scene.images, steps: 3))
    #expect(used.parameters == fresh.parameters)
  }

  @Test("a batch norm remembers a tenth of each batch, and inference goes by what it remembers")
  func remembers() throws {
    let scene = try Scene(.batches, batch: 6)
    let training = try scene.training(.sgd())
    // A rate of 0: nothing else moves.
    _ = try training.step(scene.images, weighing(scene.slope), learningRate: 0)
    let after = training.parameters
    let moments = Reference.moments((0..<6).map(scene.image))
    let sample = 6.0 * 320 / (6 * 320 - 1)
    for (name, moment) in [
      ("first.mean", moments.means[0]), ("first.variance", moments.variances[0] * sample),
    ] {
      let index = try #require(after.entries.firstIndex { $0.name == name })
      let before = Double(scene.parameters.entries[index].values[0])
      #expect(abs(Double(after.entries[index].values[0]) - (0.9 * before + 0.1 * moment)) < 1e-6)
    }
    let changed = zip(after.entries, scene.parameters.entries).filter { $0.values != $1.values }
    #expect(
      changed.allSatisfy { $0.0.name.hasSuffix(".mean") || $0.0.name.hasSuffix(".variance") })
  }

  @Test("what a batch norm remembers is not pulled to the anchor")
  func remembersFreely() throws {
    let scene = try Scene(.batches, batch: 4)
    let options = Training.Options(threads: 2, proximity: 0.5)
    let pulled = try scene.training(.sgd(), options)
    try pulled.anchor(to: scene.parameters.shaken(seed: 9))
    let free = try scene.training(.sgd())
    for training in [pulled, free] {
      _ = try training.step(scene.images, weighing(scene.slope), learningRate: 0.1)
    }
    for (one, other) in zip(pulled.parameters.entries, free.parameters.entries) {
      let isRemembered = one.name.hasSuffix(".mean") || one.name.hasSuffix(".variance")
      #expect((one.values == other.values) == isRemembered, "\(one.name)")
    }
  }

  @Test(
    "each image's gradient is clipped before they are added up",
    arguments: [Sample.evidence, .branches, .oddities], [1, 6])
  func exampleClip(sample: Sample, batch: Int) throws {
    let scene = try Scene(sample, batch: batch)
    let graph = Reference.Graph(scene.network, scene.parameters)
    let each = (0..<batch).map {
      graph.gradients([scene.image($0)], slopes: [scene.slope($0)])
    }
    let lengths = each.map { gradients in
      gradients.values.joined().reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    // Some are longer and some are not.
    let longest = lengths.reduce(0, +) / Double(batch) * (batch == 1 ? 0.5 : 1)
    let training = try scene.training(.sgd(), .init(threads: 2, exampleClip: Float(longest)))
    let result = try training.gradient(scene.images, weighing(scene.slope))
    for (length, expected) in zip(training.exampleLengths, lengths) {
      #expect(abs(length - expected) < 1e-5 * expected)
    }
    for entry in result.gradient.entries {
      let expected = (0..<entry.values.count).map { index in
        zip(each, lengths).reduce(0) { sum, pair in
          sum + (pair.0[entry.name]?[index] ?? 0) * min(1, longest / pair.1)
        }
      }
      #expect(error(entry.values, from: expected) < 2e-5, "\(entry.name)")
    }
  }

  @Test("a batch norm and a clip for each image exclude each other")
  func exampleClipNeedsSeparateImages() throws {
    #expect(throws: EngineError.self) {
      try Scene(.batches, batch: 4).training(.sgd(), .init(exampleClip: 1))
    }
  }

  @Test("inference goes first: training that runs beside it gives the same bits")
  func precedence() async throws {
    let scene = try Scene(.evidence, batch: 8)
    let alone = try scene.training()
    for _ in 0..<20 { try alone.step(scene.images, weighing(scene.slope), learningRate: 0.01) }
    let network = scene.network
    let parameters = scene.parameters
    let image = Array(scene.images.prefix(network.input.count))
    let expected = try Inference(network, parameters).run(image)
    async let readings = Task.detached {
      let inference = try Inference(network, parameters)
      return try (0..<200).map { _ in try inference.run(image) }
    }.value
    let beside = try scene.training()
    for _ in 0..<20 { try beside.step(scene.images, weighing(scene.slope), learningRate: 0.01) }
    #expect(beside.parameters == alone.parameters)
    #expect(try await readings.allSatisfy { $0 == expected })
  }
}
