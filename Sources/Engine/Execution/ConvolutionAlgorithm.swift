/// How a convolution is computed; all ways give the same numbers but for their last bits.
public enum ConvolutionAlgorithm: String, Codable, Sendable, CaseIterable {
  /// oneDNN's direct convolution: any kernel, stride and grouping.
  case library
  /// The direct sum with every weight read once and in one sweep: 3x3, for many channels.
  case streamed
  /// Winograd's F(2x2, 3x3): 3x3 with stride 1.
  case winograd2
  /// Winograd's F(4x4, 3x3): 3x3 with stride 1; fewest multiplications, most weights.
  case winograd4

  /// What was fastest for such sizes where it was measured, and of two alike the one with fewer
  /// weights to hold; a convolution that the algorithm does not fit goes to the library.
  init(bySizeOf convolution: ConvolutionGeometry) {
    let widest = max(convolution.input.channels, convolution.output.channels)
    if convolution.stride > 1 {
      self =
        min(convolution.input.channels, convolution.output.channels) < 32 ? .library : .streamed
    } else {
      self = widest > 256 ? .streamed : widest > 128 ? .winograd2 : .winograd4
    }
  }

  /// The same for a slice of images in training, whose weights change with every step.
  ///
  /// By sizes alone, so that any machine and any number of threads takes the same way.
  init(learning convolution: ConvolutionGeometry) {
    self.init(bySizeOf: convolution)
    let widest = max(convolution.input.channels, convolution.output.channels)
    if convolution.stride == 1 { self = widest > 256 ? .streamed : .winograd4 }
  }

  /// Results of an own kernel's tile in each direction; none for oneDNN.
  var tile: Int? {
    switch self {
    case .library: nil
    case .streamed: 1
    case .winograd2: 2
    case .winograd4: 4
    }
  }
}
