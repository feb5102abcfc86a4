/// Where each array of a network lies: plain as ``Parameters`` has it, and packed for the kernels.
///
/// Packed arrays of different regions are not there together, so they share their places. Places
/// start on cache lines.
struct ParameterLayout {
  /// First float of each array and the number of them.
  struct Places {
    private(set) var offsets: [Int] = []
    private(set) var counts: [Int] = []
    private var ends: [Int: Int] = [:]
    private(set) var total = 0

    /// Arrays of one region lie behind one another.
    mutating func append(_ count: Int, region: Int = 0) {
      let end = ends[region, default: 0]
      offsets.append(end)
      counts.append(count)
      ends[region] = end + count.rounded(to: Buffer.line)
      total = max(total, end + count.rounded(to: Buffer.line))
    }
  }

  /// As in ``Parameters``.
  private(set) var plain = Places()
  /// For the forward pass: convolution weights as their kernel wants them, the rest in whole blocks.
  private(set) var forward = Places()
  /// Convolution weights for the gradients of inputs.
  private(set) var backward = Places()
  /// Gradients as the kernels leave them.
  private(set) var gradient = Places()
  let shapes: [(name: String, shape: [Int])]
  /// The arrays that each region of the plan uses.
  private(set) var arrays: [[Plan.ParameterIndex]]
  /// Arrays that no step uses.
  private(set) var idle: [Plan.ParameterIndex] = []
  /// Gradients of a region's arrays in pieces of one size, which workers share.
  private(set) var pieces: [[(array: Plan.ParameterIndex, range: Range<Int>)]] = []

  /// - Parameters:
  ///   - shapes: every array of the network, in order.
  ///   - plan: the steps that use them.
  ///   - convolutions: by the array that is their weight.
  ///   - remembered: arrays that have no gradient.
  ///   - lanes: channels in a block.
  init(
    _ shapes: [(name: String, shape: [Int])], plan: Plan, convolutions: [Int: SliceConvolution],
    remembered: Set<Plan.ParameterIndex>, lanes: Int
  ) {
    self.shapes = shapes
    let regions = plan.regionsOfParameters
    arrays = plan.regions.map { _ in [] }
    for (index, (_, shape)) in shapes.enumerated() {
      plain.append(shape.reduce(1, *))
      // What no step uses is nowhere but in the plain buffers.
      guard let region = regions[index] else {
        forward.append(0)
        backward.append(0)
        gradient.append(0)
        idle.append(index)
        continue
      }
      arrays[region].append(index)
      if let convolution = convolutions[index] {
        forward.append(convolution.forwardCount, region: region)
        backward.append(convolution.backwardCount, region: region)
        gradient.append(convolution.gradientCount, region: region)
      } else {
        let count = shape.count == 1 ? shape[0].rounded(to: lanes) : 0
        forward.append(count, region: region)
        backward.append(0, region: region)
        gradient.append(remembered.contains(index) ? 0 : count, region: region)
      }
    }
    pieces = arrays.map { [gradient] arrays in
      arrays.flatMap { array in
        gradient.counts[array].pieces(of: Self.piece).map { (array, $0) }
      }
    }
  }

  /// Numbers, a multiple of a line.
  private static let piece = 1 << 17

  /// Copies parameters of this network into a plain buffer.
  func fill(_ buffer: Buffer, from parameters: Parameters) {
    for (entry, offset) in zip(parameters.entries, plain.offsets) {
      entry.values.withUnsafeBufferPointer { values in
        guard let source = values.baseAddress else { return }
        (buffer.start + offset).update(from: source, count: values.count)
      }
    }
  }

  /// The numbers of a plain buffer under the network's names, each with a suffix where given.
  func parameters(in buffer: Buffer, suffix: String = "") -> [Parameters.Entry] {
    shapes.indices.map { index in
      Parameters.Entry(
        name: shapes[index].name + suffix, shape: shapes[index].shape,
        values: Array(
          UnsafeBufferPointer(
            start: buffer.start + plain.offsets[index], count: plain.counts[index])))
    }
  }
}

extension Int {
  /// `0..<self` in ranges of that size; the last may be shorter.
  fileprivate func pieces(of size: Int) -> [Range<Int>] {
    stride(from: 0, to: self, by: size).map { $0..<Swift.min(self, $0 + size) }
  }
}
