/// The window of a convolution or pool as the graph states it, each direction by itself.
struct Window {
  struct Axis: Equatable {
    /// Pixels of the window; apart from each other by the dilation.
    var kernel: Int
    var stride: Int
    var dilation: Int
    /// Padding before the first pixel and after the last.
    var before: Int
    var after: Int

    /// Pixels from the window's first to its last.
    var extent: Int { (kernel - 1) * dilation + 1 }
  }

  var height: Axis
  var width: Axis

  /// Beyond this nothing is believed; keeps products small.
  static let maximum = 1 << 12

  /// Reads the attributes that all windows have in common.
  ///
  /// - Parameters:
  ///   - node: where they stand.
  ///   - kernel: height and width where the weights say them; else the node does.
  ///   - input: height and width of the map, which the automatic paddings go by.
  /// - Throws: ``OnnxError/unsupportedUse(operator:node:problem:)``.
  init(
    _ node: GraphNode, kernel: [Int]? = nil, input: (height: Int, width: Int)
  ) throws(OnnxError) {
    let stated = try node.integers("kernel_shape")
    guard let kernel = kernel ?? stated, kernel.count == 2, stated == nil || stated == kernel else {
      throw node.refused("its window is not of two directions or not that of its weights")
    }
    let strides = try node.integers("strides") ?? [1, 1]
    let dilations = try node.integers("dilations") ?? [1, 1]
    let pads = try node.integers("pads") ?? [0, 0, 0, 0]
    guard strides.count == 2, dilations.count == 2, pads.count == 4,
      (kernel + strides + dilations).allSatisfy({ (1...Self.maximum).contains($0) }),
      pads.allSatisfy({ (0...Self.maximum).contains($0) })
    else { throw node.refused("its window has impossible sizes") }
    height = Axis(
      kernel: kernel[0], stride: strides[0], dilation: dilations[0], before: pads[0],
      after: pads[2])
    width = Axis(
      kernel: kernel[1], stride: strides[1], dilation: dilations[1], before: pads[1],
      after: pads[3])
    switch try node.text("auto_pad") ?? "NOTSET" {
    case "NOTSET": break
    case "VALID" where pads == [0, 0, 0, 0]: break
    case "SAME_UPPER":
      height.padSame(input.height, extraAfter: true)
      width.padSame(input.width, extraAfter: true)
    case "SAME_LOWER":
      height.padSame(input.height, extraAfter: false)
      width.padSame(input.width, extraAfter: false)
    default: throw node.refused("its automatic padding is not known")
    }
  }

  /// Takes in padding that stands before the window.
  mutating func pad(by padding: Map.Padding) {
    height.before += padding.top
    height.after += padding.bottom
    width.before += padding.left
    width.after += padding.right
  }

  /// Kernel, stride and padding where the window is square, whole and padded alike on all sides.
  var square: (kernel: Int, stride: Int, padding: Int)? {
    guard height == width, height.dilation == 1, height.before == height.after else { return nil }
    return (height.kernel, height.stride, height.before)
  }
}

extension Window.Axis {
  /// As many results as the stride asks for, whatever the kernel.
  fileprivate mutating func padSame(_ input: Int, extraAfter: Bool) {
    let results = (input + stride - 1) / stride
    let total = max(0, (results - 1) * stride + extent - input)
    before = extraAfter ? total / 2 : total - total / 2
    after = total - before
  }
}

/// A kernel with zeros around and between its numbers, so that it is square and padded alike.
///
/// A zero before the kernel's first number and one more pixel of padding there change nothing, and
/// so at the other end; a dilated kernel is a wider one with zeros between.
struct SquareKernel {
  let kernel: Int
  let stride: Int
  let padding: Int
  /// Height and width of the kernel as it was.
  private let was: (height: Int, width: Int)
  private let dilation: (height: Int, width: Int)
  /// Where its first number goes.
  private let first: (y: Int, x: Int)

  /// Nil where no square does.
  ///
  /// - Parameters:
  ///   - window: as the graph states it.
  ///   - extra: zeros after the last number, as a transposed convolution may ask for.
  init?(_ window: Window, extra: (height: Int, width: Int) = (0, 0)) {
    let (height, width) = (window.height, window.width)
    let padding = [height.before, height.after, width.before, width.after].max() ?? 0
    let tall = height.extent + 2 * padding - height.before - height.after + extra.height
    let wide = width.extent + 2 * padding - width.before - width.after + extra.width
    guard tall == wide, tall <= 31, height.stride == width.stride else { return nil }
    kernel = tall
    stride = height.stride
    self.padding = padding
    was = (height.kernel, width.kernel)
    dilation = (height.dilation, width.dilation)
    first = (padding - height.before, padding - width.before)
  }

  /// Whether the numbers stay where they are.
  var isUnchanged: Bool { was == (kernel, kernel) }

  /// The numbers of so many kernels, one after another, at their new places.
  func spread(_ values: [Float], kernels: Int) -> [Float] {
    if isUnchanged { return values }
    var result = [Float](repeating: 0, count: kernels * kernel * kernel)
    var source = 0
    for index in 0..<kernels {
      for y in 0..<was.height {
        for x in 0..<was.width {
          let row = first.y + y * dilation.height
          let column = first.x + x * dilation.width
          result[(index * kernel + row) * kernel + column] = values[source]
          source += 1
        }
      }
    }
    return result
  }
}
