import ArgumentParser
import Engine
import Triage

/// The networks that are measured: three residual nets of common shape, and the one that ships.
enum BenchNetwork: String, CaseIterable, ExpressibleByArgument, Sendable {
  /// 256 x 256, one residual block for each of 16 to 128 channels.
  case small = "S"
  /// 512 x 512, two residual blocks for each of 32 to 256 channels.
  case medium = "M"
  /// ResNet-18, 224 x 224 in three channels, 1000 classes.
  /// Source: He and others 2015, `arXiv:1512.03385`.
  case resNet18 = "R18"
  /// The one that reads chest radiographs.
  case chest

  func network() throws -> Network {
    switch self {
    case .small:
      try Self.residual(
        .init(channels: 1, height: 256, width: 256), stem: 16, pools: false,
        widths: [16, 32, 64, 128], blocks: 1, outputs: 1)
    case .medium:
      try Self.residual(
        .init(channels: 1, height: 512, width: 512), stem: 32, pools: true,
        widths: [32, 64, 128, 256], blocks: 2, outputs: 1)
    case .resNet18:
      try Self.residual(
        .init(channels: 3, height: 224, width: 224), stem: 64, pools: true,
        widths: [64, 128, 256, 512], blocks: 2, outputs: 1000)
    case .chest: try Network.chest()
    }
  }

  private static func residual(
    _ input: Network.Shape, stem: Int, pools: Bool, widths: [Int], blocks: Int, outputs: Int
  ) throws -> Network {
    var build = NetworkBuilder(input: input)
    func normed(
      _ name: String, _ x: NetworkBuilder.Value, _ channels: Int, kernel: Int = 3, stride: Int = 1
    ) -> NetworkBuilder.Value {
      let y = build.convolution(name, x, channels: channels, kernel: kernel, stride: stride)
      return build.batchNorm("\(name).norm", y)
    }
    var x = build.relu(normed("stem", build.image, stem, kernel: 7, stride: 2))
    if pools { x = build.maxPool(x, kernel: 3, stride: 2, padding: 1) }
    var channels = stem
    for (stage, width) in widths.enumerated() {
      for block in 0..<blocks {
        let name = "stage\(stage + 1).block\(block + 1)"
        let stride = stage > 0 && block == 0 ? 2 : 1
        var y = build.relu(normed("\(name).conv1", x, width, stride: stride))
        y = normed("\(name).conv2", y, width)
        let isSame = stride == 1 && channels == width
        let shortcut = isSame ? x : normed("\(name).shortcut", x, width, kernel: 1, stride: stride)
        x = build.relu(build.add(y, shortcut))
        channels = width
      }
    }
    x = build.globalAveragePool(x)
    x = build.convolution("linear", x, channels: outputs, kernel: 1, bias: true)
    return try build.network(output: x)
  }
}

extension Network {
  /// Weights with which every array matters: norms scale, shift and remember something.
  func benchParameters() -> Parameters {
    var random = EvenNumbers(seed: 1)
    var parameters = initialParameters(seed: 1)
    for index in parameters.entries.indices where parameters.entries[index].shape.count == 1 {
      parameters.entries[index].values = parameters.entries[index].values.map {
        $0 + 0.1 * random.next()
      }
    }
    return parameters
  }

  /// Images whose numbers lie between -1 and 1.
  func benchImages(_ count: Int) -> [Float] {
    var random = EvenNumbers(seed: 2)
    return (0..<count * input.count).map { _ in random.next() }
  }

  /// Multiplications and additions of the convolutions for one image that is learned from: forward,
  /// to the weights, and to the maps, which the first convolution is spared.
  var learningOperations: Int {
    let stem = try? Network(input: input, nodes: [nodes[0]], output: nodes[0].name)
    return 3 * floatingPointOperations - (stem?.floatingPointOperations ?? 0)
  }
}

/// Numbers between -1 and 1, the same for a seed on every machine.
///
/// Source: the 64-bit linear congruential generator of Knuth's MMIX.
struct EvenNumbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(Int32(truncatingIfNeeded: state >> 32)) / 2_147_483_648
  }
}
