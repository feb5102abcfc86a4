/// Where each array of a network lies: plain as ``Parameters`` has it, and packed for the kernels.
///
/// Places start on cache lines; what lies between two arrays is zero and stays zero.
struct ParameterLayout {
  /// First float of each array and the number of them.
  struct Places {
    private(set) var offsets: [Int] = []
    private(set) var counts: [Int] = []
    private(set) var total = 0

    mutating func append(_ count: Int) {
      offsets.append(total)
      counts.append(count)
      total += count.rounded(to: Buffer.line)
    }
  }

  /// As in ``Parameters``.
  private(set) var plain = Places()
  /// For the forward pass: convolution weights in oneDNN's layout, the rest in whole blocks.
  private(set) var forward = Places()
  /// Convolution weights for the gradients of inputs.
  private(set) var backward = Places()
  /// Gradients as the kernels leave them.
  private(set) var gradient = Places()
  let shapes: [(name: String, shape: [Int])]

  /// - Parameters:
  ///   - shapes: every array of the network, in order.
  ///   - convolutions: by the array that is their weight.
  ///   - lanes: channels in a block.
  init(
    _ shapes: [(name: String, shape: [Int])], convolutions: [Int: SliceConvolution], lanes: Int
  ) {
    self.shapes = shapes
    for (index, (_, shape)) in shapes.enumerated() {
      plain.append(shape.reduce(1, *))
      if let convolution = convolutions[index] {
        forward.append(convolution.forwardCount)
        backward.append(convolution.backwardCount)
        gradient.append(convolution.gradientCount)
      } else {
        let count = shape.count == 1 ? shape[0].rounded(to: lanes) : 0
        forward.append(count)
        backward.append(0)
        gradient.append(count)
      }
    }
  }

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
