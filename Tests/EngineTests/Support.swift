import Testing

@testable import Engine

/// Numbers by seed, from -1 to 1.
func noise(_ count: Int, seed: UInt64) -> [Float] {
  var random = SplitMix64(seed: seed, stream: "test")
  return (0..<count).map { _ in random.nextSigned() }
}

/// A buffer of a test's size; there is always room for that.
func zeros(_ count: Int) -> Buffer {
  do { return try Buffer(count: count) } catch { preconditionFailure("\(error)") }
}

extension Parameters {
  /// Every value moved by noise, so that norms and biases are not at their trivial start.
  func shaken(seed: UInt64, by size: Float = 0.3) -> Parameters {
    adding(
      Parameters(
        entries: entries.enumerated().map { index, entry in
          Entry(
            name: entry.name, shape: entry.shape,
            values: noise(entry.values.count, seed: seed &+ UInt64(index)))
        }), scaled: size)
  }
}

/// The largest difference, relative to the largest expected value.
func error(_ values: [Float], from expected: [Double]) -> Double {
  precondition(values.count == expected.count, "as many values as expected")
  let scale = expected.reduce(1e-3) { max($0, abs($1)) }
  return zip(values, expected).reduce(0) { max($0, abs(Double($1.0) - $1.1)) } / scale
}

/// The loss `Σ slope · output`, whose gradient is `slope` whatever the output.
func weighing(_ slope: [Float]) -> Training.Loss {
  { output in (zip(output, slope).reduce(0) { $0 + $1.0 * $1.1 }, slope) }
}

/// Small networks that between them use everything the engine can do.
enum Sample: String, CaseIterable, CustomTestStringConvertible {
  /// What triage uses: residual blocks and an evidence map of one channel.
  case evidence
  /// Not square, channels that fill no block, two joined norms, values used three times.
  case branches
  /// Even kernels, a whole-map mean, a map added to itself and to its own norm, a dead node.
  case oddities
  /// Batch norms everywhere: first of all, joined with ReLU and sums, of a map used again, last.
  case batches
  /// Strides and widths at which convolutions sweep their weights, norms behind each other, a norm
  /// that is added beyond its own region.
  case wide

  var testDescription: String { rawValue }

  func network(channels: Int = 1) throws -> Network {
    switch self {
    case .evidence: try evidence(channels: channels)
    case .branches: try branches(channels: channels)
    case .oddities: try oddities(channels: channels)
    case .batches: try batches(channels: channels)
    case .wide: try wide(channels: channels)
    }
  }

  private func wide(channels: Int) throws -> Network {
    var build = NetworkBuilder(input: .init(channels: channels, height: 13, width: 9))
    var x = build.relu(
      build.batchNorm("stem.norm", build.convolution("stem", build.image, channels: 32)))
    x = build.relu(build.batchNorm("a.norm", build.convolution("a", x, channels: 48, stride: 2)))
    let short = build.batchNorm(
      "s.norm", build.convolution("s", x, channels: 272, kernel: 1, stride: 2))
    x = build.relu(build.batchNorm("b.norm", build.convolution("b", x, channels: 272, stride: 2)))
    x = build.batchNorm("c.norm", build.convolution("c", x, channels: 272))
    x = build.relu(build.add(x, short))
    x = build.batchNorm("d.norm", x)
    // Added to itself: a norm behind a norm alone would leave the first one's gradient at 0.
    x = build.add(build.batchNorm("again.norm", x), x)
    return try build.network(output: build.convolution("evidence", x, channels: 2, kernel: 1))
  }

  private func batches(channels: Int) throws -> Network {
    var build = NetworkBuilder(input: .init(channels: channels, height: 16, width: 20))
    var x = build.batchNorm("first", build.image)
    x = build.convolution("stem", x, channels: 18, stride: 2)
    x = build.relu(build.batchNorm("stem.norm", x))
    var y = build.convolution("a", x, channels: 18)
    y = build.relu(build.batchNorm("a.norm", y, epsilon: 1e-3))
    y = build.batchNorm("b.norm", build.convolution("b", y, channels: 18))
    x = build.relu(build.add(y, x))
    x = build.add(build.batchNorm("own.norm", x), x)
    x = build.maxPool(x, kernel: 2, stride: 2)
    // A bias, or no padding, would leave gradients of 0: the norm behind takes what is constant.
    x = build.convolution("evidence", x, channels: 3)
    return try build.network(output: build.batchNorm("last", x))
  }

  private func evidence(channels: Int) throws -> Network {
    var build = NetworkBuilder(input: .init(channels: channels, height: 16, width: 16))
    var x = build.convolution("stem", build.image, channels: 16, kernel: 3, stride: 2)
    x = build.relu(build.groupNorm("stem.norm", x, groups: 4))
    x = build.residualBlock("block1", x, channels: 16, groups: 4)
    x = build.residualBlock("block2", x, channels: 32, stride: 2, groups: 4)
    x = build.convolution("evidence", x, channels: 1, kernel: 1, bias: true)
    return try build.network(output: x)
  }

  private func branches(channels: Int) throws -> Network {
    var build = NetworkBuilder(input: .init(channels: channels, height: 16, width: 24))
    var x = build.convolution("stem", build.image, channels: 12, kernel: 5, stride: 2)
    x = build.relu(build.groupNorm("stem.norm", x, groups: 3))
    x = build.residualBlock("block", x, channels: 20, stride: 2, groups: 5)
    var side = build.maxPool(x, kernel: 3, stride: 2, padding: 1)
    side = build.convolution("side", side, channels: 20, bias: true)
    side = build.averagePool(build.upsample(side), kernel: 3, stride: 1, padding: 1)
    side = build.groupNorm("side.norm", side, groups: 2)
    var main = build.convolution("main", x, channels: 20)
    main = build.groupNorm("main.norm", main, groups: 1)
    x = build.add(x, build.relu(build.add(main, side)))
    x = build.groupNorm("last.norm", x, groups: 10)
    x = build.convolution("evidence", x, channels: 2, kernel: 3, bias: true)
    return try build.network(output: x)
  }

  private func oddities(channels: Int) throws -> Network {
    var build = NetworkBuilder(input: .init(channels: channels, height: 11, width: 9))
    let small = build.averagePool(build.image, kernel: 2, stride: 1)
    var x = build.convolution(
      "even", small, channels: 18, kernel: 4, stride: 3, padding: 1, bias: true)
    _ = build.convolution("dead", x, channels: 3)
    x = build.relu(build.add(x, x))
    x = build.add(build.groupNorm("own.norm", x, groups: 2), x)
    x = build.maxPool(x, kernel: 2, stride: 1)
    x = build.globalAveragePool(x)
    x = build.convolution("head", x, channels: 3, kernel: 1, bias: true)
    return try build.network(output: build.upsample(x, factor: 2))
  }
}

/// Small networks that between them use everything that only inference can do.
enum InferenceSample: String, CaseIterable, CustomTestStringConvertible {
  /// Residual blocks with batch norm, which goes into the convolutions.
  case residual
  /// Depthwise convolutions, curves, and channels weighed by a mean of the whole map.
  case mobile
  /// Norm before convolution, maps beside each other, groups.
  case dense
  /// Down, up again in three ways, and across.
  case hourglass

  var testDescription: String { rawValue }

  func network() throws -> Network {
    typealias Node = Network.Node
    switch self {
    case .residual:
      return try Network(
        input: .init(channels: 3, height: 18, width: 22),
        nodes: [
          Node(
            name: "stem",
            operation: .convolution(channels: 20, kernel: 7, stride: 2, padding: 3, bias: false),
            inputs: ["image"]),
          Node(name: "norm", operation: .batchNorm(), inputs: ["stem"]),
          Node(name: "relu", operation: .relu, inputs: ["norm"]),
          Node(
            name: "pool", operation: .maxPool(kernel: 3, stride: 2, padding: 1), inputs: ["relu"]),
          Node(
            name: "a", operation: .convolution(channels: 20, kernel: 3, padding: 1),
            inputs: ["pool"]),
          Node(name: "a.norm", operation: .batchNorm(epsilon: 1e-3), inputs: ["a"]),
          Node(name: "a.relu", operation: .relu, inputs: ["a.norm"]),
          Node(
            name: "b", operation: .convolution(channels: 20, kernel: 3, padding: 1, bias: false),
            inputs: ["a.relu"]),
          Node(name: "b.norm", operation: .batchNorm(), inputs: ["b"]),
          Node(name: "sum", operation: .add, inputs: ["pool", "b.norm"]),
          Node(name: "sum.relu", operation: .relu, inputs: ["sum"]),
          // Both terms could take the other in, and the values before are needed again.
          Node(
            name: "c", operation: .convolution(channels: 40, kernel: 1), inputs: ["sum.relu"]),
          Node(
            name: "d", operation: .convolution(channels: 40, kernel: 3, padding: 1),
            inputs: ["sum"]),
          Node(name: "cd", operation: .add, inputs: ["c", "d"]),
          Node(name: "mean", operation: .globalAveragePool, inputs: ["cd"]),
          Node(name: "head", operation: .convolution(channels: 5, kernel: 1), inputs: ["mean"]),
          Node(name: "out", operation: .softmax, inputs: ["head"]),
        ], output: "out")
    case .mobile:
      return try Network(
        input: .init(channels: 1, height: 33, width: 31),
        nodes: [
          Node(
            name: "stem", operation: .convolution(channels: 16, kernel: 3, stride: 2, padding: 1),
            inputs: ["image"]),
          Node(name: "swish", operation: .activation(.swish), inputs: ["stem"]),
          Node(
            name: "wide", operation: .convolution(channels: 40, kernel: 1), inputs: ["swish"]),
          Node(
            name: "clip", operation: .activation(.clip(low: 0, high: 0.3)), inputs: ["wide"]),
          Node(
            name: "each",
            operation: .groupedConvolution(
              channels: 40, kernel: 5, stride: 2, padding: 2, groups: 40, bias: false),
            inputs: ["clip"]),
          Node(name: "each.norm", operation: .batchNorm(), inputs: ["each"]),
          Node(name: "hard", operation: .activation(.hardSwish), inputs: ["each.norm"]),
          Node(name: "mean", operation: .globalAveragePool, inputs: ["hard"]),
          Node(name: "squeeze", operation: .convolution(channels: 8, kernel: 1), inputs: ["mean"]),
          Node(
            name: "leaky", operation: .activation(.leakyRelu(slope: 0.1)), inputs: ["squeeze"]),
          Node(name: "excite", operation: .convolution(channels: 40, kernel: 1), inputs: ["leaky"]),
          Node(
            name: "gate", operation: .activation(.hardSigmoid(slope: 0.2, offset: 0.5)),
            inputs: ["excite"]),
          Node(name: "weighed", operation: .multiply, inputs: ["hard", "gate"]),
          Node(name: "sigmoid", operation: .activation(.sigmoid), inputs: ["weighed"]),
          Node(name: "product", operation: .multiply, inputs: ["sigmoid", "weighed"]),
          // Spare lanes would show here, were they not 0.
          Node(name: "out", operation: .convolution(channels: 3, kernel: 3), inputs: ["product"]),
        ], output: "out")
    case .dense:
      return try Network(
        input: .init(channels: 5, height: 13, width: 12),
        nodes: [
          Node(name: "norm", operation: .batchNorm(), inputs: ["image"]),
          Node(name: "relu", operation: .relu, inputs: ["norm"]),
          Node(
            name: "a", operation: .convolution(channels: 12, kernel: 3, padding: 1),
            inputs: ["relu"]),
          Node(name: "both", operation: .concatenate, inputs: ["image", "a"]),
          Node(name: "both.norm", operation: .batchNorm(), inputs: ["both"]),
          Node(
            name: "b", operation: .convolution(channels: 32, kernel: 1), inputs: ["both.norm"]),
          Node(name: "all", operation: .concatenate, inputs: ["b", "both", "b", "a"]),
          Node(
            name: "groups",
            operation: .groupedConvolution(
              channels: 26, kernel: 3, stride: 1, padding: 1, groups: 2),
            inputs: ["b"]),
          Node(name: "mean", operation: .averagePool(kernel: 2, stride: 2), inputs: ["all"]),
          Node(
            name: "mean.groups", operation: .averagePool(kernel: 2, stride: 2), inputs: ["groups"]),
          Node(name: "out", operation: .concatenate, inputs: ["mean", "mean.groups"]),
        ], output: "out")
    case .hourglass:
      return try Network(
        input: .init(channels: 1, height: 16, width: 20),
        nodes: [
          Node(
            name: "a", operation: .convolution(channels: 24, kernel: 3, padding: 1, bias: false),
            inputs: ["image"]),
          Node(name: "a.norm", operation: .batchNorm(), inputs: ["a"]),
          Node(name: "down", operation: .maxPool(kernel: 2, stride: 2), inputs: ["a.norm"]),
          Node(
            name: "b", operation: .convolution(channels: 36, kernel: 3, padding: 1),
            inputs: ["down"]),
          Node(
            name: "up",
            operation: .transposedConvolution(channels: 20, kernel: 2, stride: 2),
            inputs: ["b"]),
          Node(name: "up.norm", operation: .batchNorm(), inputs: ["up"]),
          Node(
            name: "wide",
            operation: .transposedConvolution(
              channels: 9, kernel: 4, stride: 2, padding: 1, bias: false),
            inputs: ["b"]),
          Node(name: "drawn", operation: .upsampleBilinear(factor: 2), inputs: ["b"]),
          Node(
            name: "spread", operation: .upsampleBilinear(factor: 2, alignsCorners: true),
            inputs: ["b"]),
          Node(name: "copied", operation: .upsample(factor: 2), inputs: ["b"]),
          Node(name: "both", operation: .add, inputs: ["drawn", "spread"]),
          Node(name: "sum", operation: .add, inputs: ["both", "copied"]),
          Node(
            name: "all", operation: .concatenate, inputs: ["a.norm", "up.norm", "wide", "sum"]),
          Node(name: "out", operation: .convolution(channels: 2, kernel: 1), inputs: ["all"]),
        ], output: "out")
    }
  }
}

/// A sample with shaken weights, a batch of noise and a gradient of its output.
struct Scene {
  let network: Network
  let parameters: Parameters
  let batch: Int
  let images: [Float]
  let slope: [Float]

  init(_ sample: Sample, channels: Int = 1, batch: Int = 1, seed: UInt64 = 1) throws {
    network = try sample.network(channels: channels)
    parameters = network.initialParameters(seed: seed).shaken(seed: seed + 1)
    self.batch = batch
    images = noise(batch * network.input.count, seed: seed + 2)
    slope = noise(batch * network.outputShape.count, seed: seed + 3)
  }

  func image(_ index: Int) -> Reference.Map {
    let size = network.input.count
    return Reference.Map(
      network.input, images[index * size..<(index + 1) * size].map(Double.init))
  }

  func slope(_ index: Int) -> Reference.Map {
    let size = network.outputShape.count
    return Reference.Map(
      network.outputShape, slope[index * size..<(index + 1) * size].map(Double.init))
  }

  func training(
    _ optimizer: Optimizer = .adamW(), _ options: Training.Options = .init(threads: 2)
  ) throws -> Training {
    try Training(network, parameters, batch: batch, optimizer: optimizer, options: options)
  }
}
