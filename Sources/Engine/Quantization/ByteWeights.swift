/// A convolution's weights as bytes, and what turns its sums into the output's steps.
final class ByteWeights {
  private let convolution: Plan.Convolution
  private let sizes: ByteKernels.Convolution
  private let other: ByteScale?
  private let writesBytes: Bool
  private let kernels: ByteKernels
  private let storage: Buffer
  /// By output channel.
  let scale: Buffer
  let shift: Buffer

  var packed: UnsafeMutablePointer<Int8> {
    UnsafeMutableRawPointer(storage.start).assumingMemoryBound(to: Int8.self)
  }

  /// - Parameters:
  ///   - convolution: its place among the parameters.
  ///   - sizes: of the whole.
  ///   - other: scale of the map that is added.
  ///   - writesBytes: whether the result is bytes, else floats.
  ///   - kernels: that will read them.
  /// - Throws: ``EngineError/outOfMemory(bytes:)``.
  init(
    _ convolution: Plan.Convolution, _ sizes: ByteKernels.Convolution, _ other: ByteScale?,
    writesBytes: Bool, _ kernels: ByteKernels
  ) throws(EngineError) {
    self.convolution = convolution
    self.sizes = sizes
    self.other = other
    self.writesBytes = writesBytes
    self.kernels = kernels
    storage = try Buffer(count: (kernels.weightCount(sizes) + 3) / 4)
    let channels = sizes.output.planes * kernels.lanes
    scale = try Buffer(count: channels)
    shift = try Buffer(count: channels)
  }

  func load(_ parameters: BatchNormFold.Folded) {
    let inputs = sizes.input.shape.channels
    let outputs = sizes.output.shape.channels
    let (plain, steps) = Self.quantized(
      parameters.values(convolution.weight), outputs: outputs, inputs: inputs,
      groups: convolution.groups, taps: sizes.kernel * sizes.kernel)
    kernels.weights(sizes, outputs: outputs, inputs: inputs, plain, into: packed)
    let biases = convolution.bias.map(parameters.values)
    let input = sizes.input.scale
    let output = writesBytes ? sizes.output.scale : nil
    // One of the output's steps, in numbers.
    let unit = Double(output?.step ?? 1)
    let size = plain.count / outputs
    for channel in 0..<outputs {
      let sum = plain[channel * size..<(channel + 1) * size].reduce(0) { $0 + Int($1) }
      let factor = Double(input.step) * Double(steps[channel])
      var constant = Double(biases?[channel] ?? 0)
      // The zeros of what was read are part of the sums.
      constant -= factor * Double(input.zero) * Double(sum)
      constant -= other.map { Double($0.step) * Double($0.zero) } ?? 0
      scale.start[channel] = Float(factor / unit)
      shift.start[channel] = Float(constant / unit + Double(output?.zero ?? 0))
    }
  }

  /// Weights as bytes, `[outputs, inputs, taps]`, and one step of each output channel.
  ///
  /// - Parameters:
  ///   - values: `[outputs, inputs of a group, taps]`; where there are groups, the others' weights
  ///     become 0.
  ///   - outputs: channels.
  ///   - inputs: channels of all groups.
  ///   - groups: at least 1.
  ///   - taps: of the kernel.
  /// - Returns: each weight to the nearest of 255 steps, the largest of its output at the end.
  static func quantized(
    _ values: [Float], outputs: Int, inputs: Int, groups: Int, taps: Int
  ) -> (bytes: [Int8], steps: [Float]) {
    let seen = inputs / groups * taps
    var bytes = [Int8](repeating: 0, count: outputs * inputs * taps)
    var steps: [Float] = []
    for output in 0..<outputs {
      let weights = values[output * seen..<(output + 1) * seen]
      let step = max(weights.reduce(0) { max($0, abs($1)) } / 127, .leastNormalMagnitude)
      let first = output * inputs * taps + output / (outputs / groups) * seen
      for (place, weight) in weights.enumerated() {
        let nearest = (weight / step).rounded(.toNearestOrEven)
        bytes[first + place] = Int8(min(max(nearest, -127), 127))
      }
      steps.append(step)
    }
    return (bytes, steps)
  }
}
