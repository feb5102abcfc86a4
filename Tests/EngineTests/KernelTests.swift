import Testing

@testable import Engine

@Suite("The C kernels do the same on every processor")
struct KernelTests {
  static let kernels = [8, 16].flatMap { lanes in
    Kernels.InstructionSet.allCases.filter { $0.rawValue <= Kernels.InstructionSet.best.rawValue }
      .map { (lanes, $0) }
  }
  static let shape = Network.Shape(channels: 20, height: 9, width: 13)
  static let images = 2

  /// A map of noise, blocked by so many lanes.
  private func map(_ kernels: Kernels, _ shape: Network.Shape = shape, seed: UInt64) -> Buffer {
    let plain = noise(Self.images * shape.count, seed: seed)
    let buffer = zeros(
      Self.images * shape.channels.rounded(to: kernels.lanes) * shape.cells)
    kernels.pack(plain, images: Self.images, shape, into: buffer.start)
    return buffer
  }

  private func plain(_ kernels: Kernels, _ map: Buffer, _ shape: Network.Shape = shape) -> [Float] {
    let plain = zeros(Self.images * shape.count)
    kernels.unpack(map.start, images: Self.images, shape, into: plain.start)
    return (0..<Self.images * shape.count).map { plain.start[$0] }
  }

  /// Everything that works on blocked maps, as plain numbers one after another.
  private func results(_ kernels: Kernels) -> [Float] {
    var results: [Float] = []
    let norm = Kernels.Norm(images: Self.images, shape: Self.shape, groups: 5)
    let x = map(kernels, seed: 1)
    let residual = map(kernels, seed: 2)
    let slope = map(kernels, seed: 3)
    let weight = zeros(32)
    let bias = zeros(32)
    for channel in 0..<20 {
      weight.start[channel] = noise(20, seed: 4)[channel]
      bias.start[channel] = noise(20, seed: 5)[channel]
    }
    let y = map(kernels, seed: 6)
    let dx = map(kernels, seed: 7)
    let dresidual = map(kernels, seed: 8)
    let statistics = zeros(64)
    let (dweight, dbias) = (zeros(32), zeros(32))
    let scratch = UnsafeMutablePointer<Double>.allocate(capacity: kernels.normScratch(channels: 20))
    defer { scratch.deallocate() }
    kernels.norm(
      norm, x.start, residual: residual.start, weight: weight.start, bias: bias.start, relu: true,
      into: y.start, statistics: statistics.start, scratch: scratch)
    kernels.normBackward(
      norm, x.start, rectified: y.start, statistics: statistics.start, weight: weight.start,
      slope: slope.start, into: (dx.start, true), residual: (dresidual.start, false),
      weightGradient: dweight.start, biasGradient: dbias.start, scratch: scratch)
    results += plain(kernels, y) + plain(kernels, dx) + plain(kernels, dresidual)
    results += (0..<20).flatMap { [dweight.start[$0], dbias.start[$0]] }

    let pooled = Network.Shape(channels: 20, height: 5, width: 7)
    let window = Kernels.Window(
      images: Self.images, input: Self.shape, output: pooled, height: 3, width: 3, stride: 2,
      padding: 1)
    let small = map(kernels, pooled, seed: 9)
    let smallSlope = map(kernels, pooled, seed: 10)
    kernels.maxPool(window, x.start, into: small.start)
    kernels.maxPoolBackward(
      window, x.start, small.start, slope: smallSlope.start, into: (dx.start, true))
    results += plain(kernels, small, pooled) + plain(kernels, dx)
    kernels.averagePool(window, x.start, into: small.start)
    kernels.averagePoolBackward(window, slope: smallSlope.start, into: (dx.start, false))
    results += plain(kernels, small, pooled) + plain(kernels, dx)
    return results
  }

  @Test("weaker instruction sets and narrower blocks give the same bits", arguments: kernels)
  func sameBits(lanes: Int, set: Kernels.InstructionSet) {
    let baseline = results(Kernels(lanes: 8, .baseline))
    #expect(results(Kernels(lanes: lanes, set)) == baseline)
  }

  @Test("spare lanes stay zero", arguments: kernels)
  func spareLanes(lanes: Int, set: Kernels.InstructionSet) {
    let kernels = Kernels(lanes: lanes, set)
    let map = map(kernels, seed: 1)
    let plane = Self.shape.cells * lanes
    let blocks = 20.rounded(to: lanes) / lanes
    let lastBlock = map.start + (blocks - 1) * plane
    for pixel in 0..<Self.shape.cells {
      for lane in 20 - (blocks - 1) * lanes..<lanes {
        #expect(lastBlock[pixel * lanes + lane] == 0)
      }
    }
  }

  @Test("the optimisers follow their definitions", arguments: kernels)
  func optimizers(lanes: Int, set: Kernels.InstructionSet) {
    let kernels = Kernels(lanes: lanes, set)
    let all: [Optimizer] = [
      .adamW(beta1: 0.8, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.1),
      .sgd(momentum: 0.7, weightDecay: 0.05),
    ]
    for (optimizer, decays) in all.flatMap({ [($0, true), ($0, false)] }) {
      let weight = zeros(21)
      let gradient = zeros(21)
      let slots = optimizer.slots.map { _ in zeros(21) }
      var expected = noise(21, seed: 1).map(Double.init)
      var expectedSlots = slots.map { _ in [Double](repeating: 0, count: 21) }
      for index in 0..<21 { weight.start[index] = Float(expected[index]) }
      for step in 1...10 {
        let slope = noise(21, seed: UInt64(step) + 1)
        for index in 0..<21 { gradient.start[index] = slope[index] }
        kernels.update(
          optimizer, step: step, learningRate: 0.01, decays: decays, 21,
          gradient: gradient.start, weight: weight.start, slots: slots.map(\.start))
        Reference.update(
          optimizer, step: step, learningRate: 0.01, decays: decays,
          gradient: slope.map(Double.init), weight: &expected, slots: &expectedSlots)
      }
      #expect(error((0..<21).map { weight.start[$0] }, from: expected) < 1e-6)
    }
  }

  @Test("squares, sums of parts, scale and pull are what they say", arguments: kernels)
  func flat(lanes: Int, set: Kernels.InstructionSet) {
    let kernels = Kernels(lanes: lanes, set)
    let values = noise(160, seed: 1)
    let x = zeros(160)
    for index in 0..<160 { x.start[index] = values[index] }
    let squares = values.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(abs(kernels.squares(160, x.start) - squares) < 1e-12)
    let total = zeros(32)
    kernels.sumParts(32, parts: 5, stride: 32, x.start, into: total.start)
    for index in 0..<32 {
      #expect(total.start[index] == (1..<5).reduce(values[index]) { $0 + values[$1 * 32 + index] })
    }
    kernels.pull(32, strength: 0.5, x.start + 32, to: x.start + 64, gradient: x.start)
    kernels.scale(32, x.start, by: 2)
    for index in 0..<32 {
      let pull = 0.5 * (values[32 + index] - values[64 + index])
      #expect(x.start[index] == (values[index] + pull) * 2)
    }
  }
}
