@testable import Engine

/// Numbers by seed, from -1 to 1.
func noise(_ count: Int, seed: UInt64) -> [Float] {
  var random = SplitMix64(seed: seed, stream: "test")
  return (0..<count).map { _ in random.nextSigned() }
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

enum Networks {
  /// Everything the engine can do, in odd sizes: channels that fill no block, even sizes under a
  /// stride, a value used three times, two joined norms, a norm that stands alone.
  static func zoo(channels: Int = 1) throws -> Network {
    var build = NetworkBuilder(input: .init(channels: channels, height: 20, width: 14))
    var x = build.convolution("stem", build.image, channels: 12, kernel: 5, stride: 2)
    x = build.relu(build.groupNorm("stem.norm", x, groups: 3))
    x = build.residualBlock("block1", x, channels: 12, groups: 4)
    x = build.residualBlock("block2", x, channels: 20, stride: 2, groups: 5)
    let trunk = x
    var side = build.maxPool(trunk, kernel: 3, stride: 2, padding: 1)
    side = build.convolution("side", side, channels: 20, kernel: 3, bias: true)
    side = build.upsample(side, factor: 2)
    side = build.averagePool(side, kernel: 3, stride: 1, padding: 1)
    // 5x4 up from 3x2 is 6x4: a valid window brings it to 5x3, a padded one the trunk too.
    side = build.convolution("fit", side, channels: 20, kernel: 2, padding: 0, bias: true)
    var main = build.convolution("main", trunk, channels: 20, kernel: 2, padding: 1, bias: false)
    main = build.convolution("main2", main, channels: 20, kernel: 2, padding: 0, bias: false)
    main = build.convolution("main3", main, channels: 20, kernel: 1, bias: true)
    main = build.groupNorm("main.norm", main, groups: 1)
    main = build.convolution("main4", main, channels: 20, kernel: 1, bias: true)
    side = build.convolution("side2", side, channels: 20, kernel: 2, padding: 1, bias: false)
    side = build.convolution("side3", side, channels: 20, kernel: 2, padding: 0, bias: false)
    return try Self.joined(&build, main, side, trunk)
  }

  private static func joined(
    _ build: inout NetworkBuilder, _ main: NetworkBuilder.Value, _ side: NetworkBuilder.Value,
    _ trunk: NetworkBuilder.Value
  ) throws -> Network {
    let context = build.globalAveragePool(trunk)
    let gate = build.convolution("gate", context, channels: 20, kernel: 1, bias: true)
    let pooledMain = build.globalAveragePool(build.relu(main))
    let pooledSide = build.globalAveragePool(side)
    var x = build.add(build.add(pooledMain, pooledSide), gate)
    x = build.relu(x)
    x = build.upsample(x, factor: 3)
    x = build.convolution("evidence", x, channels: 2, kernel: 3, bias: true)
    return try build.network(output: x)
  }

  /// What triage will use, small: an evidence map of one channel.
  static func evidence(size: Int = 16) throws -> Network {
    var build = NetworkBuilder(input: .init(channels: 1, height: size, width: size))
    var x = build.convolution("stem", build.image, channels: 16, kernel: 3, stride: 2)
    x = build.relu(build.groupNorm("stem.norm", x, groups: 4))
    x = build.residualBlock("block1", x, channels: 16, groups: 4)
    x = build.residualBlock("block2", x, channels: 24, stride: 2, groups: 4)
    x = build.convolution("evidence", x, channels: 1, kernel: 1, bias: true)
    return try build.network(output: x)
  }
}
