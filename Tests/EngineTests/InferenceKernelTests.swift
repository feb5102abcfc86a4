import Testing

@testable import Engine

@Suite("The kernels that only inference needs follow their definitions on every processor")
struct InferenceKernelTests {
  /// A kernel at work on one image whose channels fill no block.
  enum Work: CustomTestStringConvertible {
    case affine(residual: Bool, relu: Bool)
    case activation(Network.Activation)
    case multiply(byChannel: Bool)
    case concatenation
    case softmax
    case bilinear(factor: Int, alignsCorners: Bool)

    static let all: [Work] = [
      .affine(residual: false, relu: false), .affine(residual: true, relu: false),
      .affine(residual: false, relu: true), .affine(residual: true, relu: true),
      .activation(.sigmoid), .activation(.swish), .activation(.hardSwish),
      .activation(.hardSigmoid(slope: 0.3, offset: 0.4)),
      .activation(.clip(low: -0.5, high: 2)), .activation(.leakyRelu(slope: 0.1)),
      .multiply(byChannel: false), .multiply(byChannel: true), .concatenation, .softmax,
      .bilinear(factor: 2, alignsCorners: false), .bilinear(factor: 3, alignsCorners: false),
      .bilinear(factor: 2, alignsCorners: true), .bilinear(factor: 3, alignsCorners: true),
    ]

    var testDescription: String { "\(self)" }

    static let shape = Network.Shape(channels: 20, height: 5, width: 7)

    /// Of the result.
    var shape: Network.Shape {
      switch self {
      case .concatenation:
        .init(channels: Self.parts.reduce(0, +), height: Self.shape.height, width: Self.shape.width)
      case .bilinear(let factor, _):
        .init(
          channels: Self.shape.channels, height: factor * Self.shape.height,
          width: factor * Self.shape.width)
      default: Self.shape
      }
    }

    /// Channels of what is put together; neither 8 nor 16 lie on every border.
    private static let parts = [5, 16, 11, 20]

    /// Far enough out that curves become flat, and the exponential is cut at its ends.
    private static func image(_ seed: UInt64, channels: Int = shape.channels) -> [Float] {
      let values = noise(channels * shape.cells, seed: seed)
      return values.enumerated().map { $0 % 17 == 0 ? $1 * 200 : $1 * 4 }
    }

    private static func parts(_ seed: UInt64) -> [(shape: Network.Shape, values: [Float])] {
      parts.enumerated().map { index, channels in
        (
          .init(channels: channels, height: shape.height, width: shape.width),
          image(seed + UInt64(index), channels: channels)
        )
      }
    }

    /// What the kernels leave in memory, in blocks.
    func run(_ kernels: Kernels) -> Buffer {
      let y = blank(kernels)
      let x = kernels.blocked(Self.image(1), Self.shape)
      switch self {
      case .affine(let residual, let relu):
        let other = kernels.blocked(Self.image(2), Self.shape)
        let (weight, shift) = (Self.channels(kernels, 3), Self.channels(kernels, 4))
        kernels.affine(
          Self.shape, x.start, residual: residual ? other.start : nil, weight: weight.start,
          shift: shift.start, relu: relu, into: y.start)
      case .activation(let activation):
        kernels.activate(Self.shape, activation, x.start, into: y.start)
      case .multiply(let byChannel):
        let other =
          byChannel
          ? Self.channels(kernels, 3) : kernels.blocked(Self.image(2), Self.shape)
        kernels.multiply(Self.shape, x.start, other.start, byChannel: byChannel, into: y.start)
      case .concatenation:
        var first = 0
        for (shape, values) in Self.parts(1) {
          let part = kernels.blocked(values, shape)
          kernels.concatenate(shape, part.start, at: first, into: y.start)
          first += shape.channels
        }
      case .softmax: kernels.softmax(Self.shape, x.start, into: y.start)
      case .bilinear(let factor, let alignsCorners):
        kernels.upsampleBilinear(
          Kernels.Window(
            images: 1, input: Self.shape, output: shape, height: factor, width: factor,
            stride: factor, padding: 0), alignsCorners: alignsCorners, x.start, into: y.start)
      }
      return y
    }

    /// What stands in memory before a kernel writes is none of the result.
    private func blank(_ kernels: Kernels) -> Buffer {
      let y = zeros(shape.channels.rounded(to: kernels.lanes) * shape.cells)
      y.start.update(repeating: .nan, count: y.count)
      return y
    }

    /// A number for each channel, 0 in spare lanes.
    private static func channels(_ kernels: Kernels, _ seed: UInt64) -> Buffer {
      kernels.blocked(
        noise(shape.channels, seed: seed), .init(channels: shape.channels, height: 1, width: 1))
    }

    /// The definition's result.
    func reference() -> [Double] {
      func map(_ seed: UInt64) -> Reference.Map {
        Reference.Map(Self.shape, Self.image(seed).map(Double.init))
      }
      func perChannel(_ seed: UInt64) -> Reference.Map {
        Reference.Map(
          .init(channels: Self.shape.channels, height: 1, width: 1),
          noise(Self.shape.channels, seed: seed).map(Double.init))
      }
      switch self {
      case .affine(let residual, let relu):
        var y = Reference.product(map(1), perChannel(3))
        for index in y.values.indices {
          y.values[index] += perChannel(4).values[index / Self.shape.cells]
        }
        if residual { y = Reference.sum(y, map(2)) }
        return (relu ? Reference.relu(y) : y).values
      case .activation(let activation): return Reference.activation(map(1), activation).values
      case .multiply(let byChannel):
        return Reference.product(map(1), byChannel ? perChannel(3) : map(2)).values
      case .concatenation:
        let maps = Self.parts(1).map { Reference.Map($0.shape, $0.values.map(Double.init)) }
        return Reference.concatenation(maps, into: shape).values
      case .softmax: return Reference.softmax(map(1)).values
      case .bilinear(let factor, let alignsCorners):
        return Reference.upsampleBilinear(
          map(1), factor: factor, alignsCorners: alignsCorners, into: shape
        ).values
      }
    }
  }

  @Test("each gives its definition's numbers", arguments: Work.all, KernelTests.kernels)
  func definitions(work: Work, kernels: (lanes: Int, set: Kernels.InstructionSet)) {
    let kernels = Kernels(lanes: kernels.lanes, kernels.set)
    // Two roundings, and an exponential good to 1e-7.
    #expect(error(kernels.plain(work.run(kernels), work.shape), from: work.reference()) < 1e-6)
  }

  @Test(
    "weaker instruction sets and narrower blocks give the same bits", arguments: Work.all,
    KernelTests.kernels)
  func sameBits(work: Work, kernels: (lanes: Int, set: Kernels.InstructionSet)) {
    let baseline = Kernels(lanes: 8, .baseline)
    let kernels = Kernels(lanes: kernels.lanes, kernels.set)
    let bits = kernels.plain(work.run(kernels), work.shape).map(\.bitPattern)
    #expect(bits == baseline.plain(work.run(baseline), work.shape).map(\.bitPattern))
  }

  @Test("spare lanes become zero", arguments: Work.all, KernelTests.kernels)
  func spareLanes(work: Work, kernels: (lanes: Int, set: Kernels.InstructionSet)) {
    let kernels = Kernels(lanes: kernels.lanes, kernels.set)
    let lanes = kernels.lanes
    let y = work.run(kernels)
    let used = work.shape.channels % lanes
    let lastBlock = y.start + work.shape.channels / lanes * lanes * work.shape.cells
    for pixel in 0..<(used == 0 ? 0 : work.shape.cells) {
      for lane in used..<lanes { #expect(lastBlock[pixel * lanes + lane] == 0) }
    }
  }
}

extension Kernels {
  /// One image in blocks.
  fileprivate func blocked(_ values: [Float], _ shape: Network.Shape) -> Buffer {
    let buffer = zeros(shape.channels.rounded(to: lanes) * shape.cells)
    pack(values, images: 1, shape, into: buffer.start)
    return buffer
  }

  /// One image out of its blocks.
  fileprivate func plain(_ map: Buffer, _ shape: Network.Shape) -> [Float] {
    let plain = zeros(shape.count)
    unpack(map.start, images: 1, shape, into: plain.start)
    return (0..<shape.count).map { plain.start[$0] }
  }
}
