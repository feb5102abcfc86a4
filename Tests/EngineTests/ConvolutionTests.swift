import Testing

@testable import Engine

@Suite("Every own convolution is the convolution")
struct ConvolutionTests {
  /// How far results may be off, relative to the largest.
  ///
  /// On the way out products are weighed by up to 27/8 and cancel, so a few bits more are lost than
  /// in a direct sum: 4e-6 with 512 channels.
  static let bound = 1e-5

  /// A convolution with all its data, and what the plain loops in double precision say.
  struct Case: CustomTestStringConvertible {
    let sizes: Kernels.Convolution
    let x: [Float]
    let slope: [Float]
    let residual: [Float]
    let weight: [Float]
    let bias: [Float]
    var window: Reference.Window {
      Reference.Window(height: 3, width: 3, stride: sizes.stride, padding: 1)
    }

    init(
      images: Int, inputs: Int, outputs: Int, height: Int, width: Int, stride: Int = 1,
      tile: Int = 4, seed: UInt64
    ) {
      sizes = .init(
        images: images, input: .init(channels: inputs, height: height, width: width),
        outputChannels: outputs, stride: stride, tile: tile)
      x = noise(images * sizes.input.count, seed: seed)
      slope = noise(images * sizes.output.count, seed: seed + 1)
      residual = noise(images * sizes.output.count, seed: seed + 2)
      weight = noise(outputs * inputs * 9, seed: seed + 3)
      bias = noise(outputs, seed: seed + 4)
    }

    /// Sizes by seed.
    init(tile: Int, seed: UInt64) {
      var random = SplitMix64(seed: seed, stream: "convolution")
      func number(_ most: Int) -> Int { 1 + Int(random.next() % UInt64(most)) }
      self.init(
        images: number(3), inputs: number(70), outputs: number(70), height: number(37),
        width: number(29), tile: tile, seed: seed)
    }

    var testDescription: String {
      "\(sizes.images) x \(sizes.input) to \(sizes.output), tile \(sizes.tile)"
    }

    func forward() -> [Double] {
      (0..<sizes.images).flatMap {
        Reference.convolution(
          map(sizes.input, x, $0), weight: weight.map(Double.init), bias: nil, window,
          into: sizes.output
        ).values
      }
    }

    func backward() -> [Double] { (0..<sizes.images).flatMap { gradients($0).input.values } }

    func gradient() -> [Double] {
      (0..<sizes.images).map { gradients($0).weight }
        .reduce([Double](repeating: 0, count: weight.count)) { zip($0, $1).map(+) }
    }

    private func gradients(_ image: Int) -> (input: Reference.Map, weight: [Double]) {
      let all = Reference.convolutionGradients(
        map(sizes.input, x, image), weight: weight.map(Double.init), window,
        slope: map(sizes.output, slope, image))
      return (all.input, all.weight)
    }

    private func map(_ shape: Network.Shape, _ values: [Float], _ image: Int) -> Reference.Map {
      Reference.Map(
        shape, values[image * shape.count..<(image + 1) * shape.count].map(Double.init))
    }
  }

  /// Every size at which tiles, blocks of lanes, chunks or runs are cut differently, and others.
  static func cases(tile: Int) -> [Case] {
    [
      Case(images: 1, inputs: 1, outputs: 1, height: 1, width: 1, tile: tile, seed: 1),
      Case(images: 3, inputs: 17, outputs: 9, height: 2, width: 3, tile: tile, seed: 2),
      Case(images: 2, inputs: 16, outputs: 16, height: 4, width: 4, tile: tile, seed: 3),
      Case(images: 1, inputs: 8, outputs: 48, height: 5, width: 6, tile: tile, seed: 4),
      Case(images: 2, inputs: 33, outputs: 40, height: 7, width: 1, tile: tile, seed: 5),
      Case(images: 5, inputs: 64, outputs: 32, height: 8, width: 8, tile: tile, seed: 6),
      Case(images: 1, inputs: 3, outputs: 70, height: 37, width: 29, tile: tile, seed: 7),
      Case(images: 1, inputs: 70, outputs: 20, height: 28, width: 28, tile: tile, seed: 8),
      Case(images: 1, inputs: 150, outputs: 20, height: 9, width: 7, tile: tile, seed: 9),
    ] + (100..<108).map { Case(tile: tile, seed: $0) }
  }

  static let cases = [4, 2, 1].flatMap(cases(tile:))
  static let strided = (200..<212).map { (seed: UInt64) in
    var random = SplitMix64(seed: seed, stream: "strided")
    func number(_ most: Int) -> Int { 1 + Int(random.next() % UInt64(most)) }
    return Case(
      images: number(3), inputs: number(140), outputs: number(70), height: number(37),
      width: number(29), stride: 1 + number(2), tile: 1, seed: seed)
  }

  /// Runs kernels on blocked copies of a case's data.
  struct Run {
    let kernels: Kernels
    let of: Case
    let guardCell: Float = 12345

    /// Numbers that no kernel may read before it has written them, and a fence behind them.
    func room(_ count: Int) -> Buffer {
      let buffer = zeros(count + 16)
      for index in 0..<count { buffer.start[index] = .nan }
      for index in count..<count + 16 { buffer.start[index] = guardCell }
      return buffer
    }

    func isFenced(_ buffer: Buffer, _ count: Int) -> Bool {
      (count..<count + 16).allSatisfy { buffer.start[$0] == guardCell }
    }

    func floats(_ shape: Network.Shape, images: Int? = nil) -> Int {
      (images ?? of.sizes.images) * shape.channels.rounded(to: kernels.lanes) * shape.cells
    }

    func blocked(_ shape: Network.Shape, _ plain: [Float]) -> Buffer {
      let images = plain.count / shape.count
      let buffer = zeros(floats(shape, images: images))
      kernels.pack(plain, images: images, shape, into: buffer.start)
      return buffer
    }

    /// Back to plain numbers; spare lanes have to be zero.
    func plain(_ shape: Network.Shape, _ map: Buffer, images: Int? = nil) -> [Float] {
      let images = images ?? of.sizes.images
      let plain = zeros(images * shape.count)
      kernels.unpack(map.start, images: images, shape, into: plain.start)
      let values = (0..<images * shape.count).map { plain.start[$0] }
      let again = blocked(shape, values)
      #expect((0..<floats(shape, images: images)).allSatisfy { map.start[$0] == again.start[$0] })
      return values
    }

    func weights(_ direction: Kernels.Direction) -> Buffer {
      let count = kernels.convolutionWeightCount(of.sizes, direction)
      let (plain, buffer) = (zeros(of.weight.count), room(count))
      for (index, value) in of.weight.enumerated() { plain.start[index] = value }
      for part in 0..<3 {
        kernels.convolutionWeights(
          of.sizes, direction, plain.start, into: buffer.start, part: .init(index: part, count: 3))
      }
      #expect(isFenced(buffer, count))
      return buffer
    }

    func forward(bias: Bool = false, residual: Bool = false, relu: Bool = false) -> [Float] {
      let sizes = of.sizes
      let biases = zeros(sizes.output.channels.rounded(to: kernels.lanes))
      for (index, value) in of.bias.enumerated() { biases.start[index] = value }
      let (x, residuals) = (blocked(sizes.input, of.x), blocked(sizes.output, of.residual))
      let transformed = weights(.forward)
      let (y, count) = (room(floats(sizes.output)), kernels.convolutionScratch(sizes, .forward))
      let scratch = room(count)
      kernels.convolutionForward(
        sizes, x.start, weights: transformed.start,
        bias: bias ? biases.start : nil, residual: residual ? residuals.start : nil, relu: relu,
        into: y.start, scratch: scratch.start)
      #expect(isFenced(y, floats(sizes.output)) && isFenced(scratch, count))
      return plain(sizes.output, y)
    }

    func backward(adds: Bool) -> [Float] {
      let sizes = of.sizes
      let (x, slope) = (blocked(sizes.input, of.x), blocked(sizes.output, of.slope))
      let transformed = weights(.backward)
      let (dx, count) = (room(floats(sizes.input)), kernels.convolutionScratch(sizes, .backward))
      if adds {
        for index in 0..<floats(sizes.input) { dx.start[index] = x.start[index] }
      }
      let scratch = room(count)
      kernels.convolutionBackward(
        sizes, slope: slope.start, weights: transformed.start, into: (dx.start, adds),
        scratch: scratch.start)
      #expect(isFenced(dx, floats(sizes.input)) && isFenced(scratch, count))
      return plain(sizes.input, dx)
    }

    func gradient() -> [Float] {
      let sizes = of.sizes
      let (x, slope) = (blocked(sizes.input, of.x), blocked(sizes.output, of.slope))
      let (size, count) = (
        kernels.convolutionGradientCount(sizes), kernels.convolutionGradientScratch(sizes)
      )
      let (gradient, scratch, plain) = (room(size), room(count), room(of.weight.count))
      kernels.convolutionGradient(
        sizes, x.start, slope: slope.start, into: gradient.start, scratch: scratch.start)
      kernels.convolutionGradientUnpack(sizes, gradient.start, into: plain.start)
      #expect(isFenced(gradient, size) && isFenced(scratch, count))
      #expect(isFenced(plain, of.weight.count))
      return of.weight.indices.map { plain.start[$0] }
    }
  }

  private func everyRun(_ of: Case, _ body: (Run) -> Void) {
    for (lanes, set) in KernelTests.kernels {
      body(Run(kernels: Kernels(lanes: lanes, set), of: of))
    }
  }

  @Test(
    "the output is that of the plain loops, whatever is fused into it", arguments: cases + strided)
  func forward(_ of: Case) {
    let plain = of.forward()
    let cells = of.sizes.output.cells
    let channels = of.sizes.output.channels
    everyRun(of) { run in
      #expect(error(run.forward(), from: plain) < Self.bound)
      for (bias, residual, relu) in [
        (true, false, false), (false, true, false), (false, false, true), (true, true, true),
      ] {
        let expected = plain.enumerated().map { index, value in
          let sum =
            value + (bias ? Double(of.bias[index / cells % channels]) : 0)
            + (residual ? Double(of.residual[index]) : 0)
          return relu ? max(sum, 0) : sum
        }
        let values = run.forward(bias: bias, residual: residual, relu: relu)
        #expect(error(values, from: expected) < Self.bound)
      }
    }
  }

  @Test("the input's gradient is that of the plain loops, and can be added", arguments: cases)
  func backward(_ of: Case) {
    let plain = of.backward()
    everyRun(of) { run in
      #expect(error(run.backward(adds: false), from: plain) < Self.bound)
      let sums = zip(plain, of.x).map { $0 + Double($1) }
      #expect(error(run.backward(adds: true), from: sums) < Self.bound)
    }
  }

  @Test(
    "the weights' gradient is that of the plain loops, over all images",
    arguments: cases(tile: 4) + cases(tile: 1) + strided)
  func gradient(_ of: Case) {
    let expected = of.gradient()
    everyRun(of) { run in
      let values = run.gradient()
      #expect(error(values, from: expected) < Self.bound)
      #expect(run.gradient().elementsEqual(values))
    }
  }

  @Test(
    "the same numbers come out twice, and of an image alone or among others",
    arguments: [1, 2, 4])
  func sameBits(tile: Int) {
    let all = Case(
      images: 5, inputs: 20, outputs: 36, height: 13, width: 18, tile: tile, seed: 1)
    let size = all.sizes.output.count
    let alone = Kernels.Convolution(
      images: 1, input: all.sizes.input, outputChannels: all.sizes.output.channels,
      tile: tile)
    everyRun(all) { run in
      let together = run.forward()
      let again = run.forward()
      #expect(again.elementsEqual(together))
      let weights = run.weights(.forward)
      for image in 0..<5 {
        let first = image * all.sizes.input.count
        let x = run.blocked(
          all.sizes.input, Array(all.x[first..<first + all.sizes.input.count]))
        let y = zeros(run.floats(all.sizes.output, images: 1))
        let scratch = zeros(run.kernels.convolutionScratch(alone, .forward))
        run.kernels.convolutionForward(
          alone, x.start, weights: weights.start, bias: nil, residual: nil, relu: false,
          into: y.start, scratch: scratch.start)
        let values = run.plain(all.sizes.output, y, images: 1)
        #expect(values.elementsEqual(together[image * size..<(image + 1) * size]))
      }
    }
  }

  /// The last is so wide that parts are ranges of outputs.
  static let shared =
    [1, 2, 4].map { tile in
      Case(images: 2, inputs: 20, outputs: 36, height: 13, width: 18, tile: tile, seed: 1)
    } + [
      Case(images: 1, inputs: 300, outputs: 290, height: 5, width: 3, tile: 4, seed: 2),
      Case(images: 1, inputs: 900, outputs: 290, height: 5, width: 3, tile: 1, seed: 3),
    ]

  @Test(
    "parts give what the whole gives, bit by bit", arguments: [1, 2, 3, 7, 40], shared)
  func parts(count: Int, sample: Case) {
    everyRun(sample) { run in
      let weights = run.weights(.forward)
      let x = run.blocked(sample.sizes.input, sample.x)
      let y = run.room(run.floats(sample.sizes.output))
      let scratch = run.room(run.kernels.convolutionScratch(sample.sizes, .forward))
      for index in 0..<count {
        run.kernels.convolutionForward(
          sample.sizes, x.start, weights: weights.start, bias: nil, residual: nil, relu: false,
          into: y.start, part: .init(index: index, count: count), scratch: scratch.start)
      }
      #expect(run.plain(sample.sizes.output, y) == run.forward())
    }
  }

  @Test("only kernels of 3 with padding 1 on blocked maps are taken, and strides by the sum")
  func others() {
    func geometry(
      kernel: Int = 3, stride: Int = 1, padding: Int = 1, plain: Bool = false,
      by algorithm: ConvolutionAlgorithm = .winograd4
    ) -> Kernels.Convolution? {
      let shape = Network.Shape(channels: 4, height: 9, width: 9)
      return Kernels.Convolution(
        ConvolutionGeometry(
          images: 2, input: shape, output: shape, kernel: kernel, stride: stride,
          padding: padding, bias: false, inputIsPlain: plain, lanes: 16), by: algorithm)
    }
    #expect(
      geometry()
        == .init(
          images: 2, input: .init(channels: 4, height: 9, width: 9), outputChannels: 4))
    #expect(geometry(kernel: 1) == nil)
    #expect(geometry(stride: 2) == nil)
    #expect(geometry(stride: 2, by: .winograd2) == nil)
    #expect(geometry(stride: 2, by: .streamed)?.output.height == 5)
    #expect(geometry(by: .library) == nil)
    #expect(geometry(padding: 0) == nil)
    #expect(geometry(plain: true) == nil)
  }
}
