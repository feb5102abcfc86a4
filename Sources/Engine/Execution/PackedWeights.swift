/// A region's weights as the kernels want them; all threads read it, and it changes only between
/// passes.
final class PackedWeights {
  private let layout: ParameterLayout
  private let forwardBuffer: Buffer
  private let backwardBuffer: Buffer

  init(_ layout: ParameterLayout) throws(EngineError) {
    self.layout = layout
    forwardBuffer = try Buffer(count: layout.forward.total)
    backwardBuffer = try Buffer(count: layout.backward.total)
  }

  func forward(_ index: Plan.ParameterIndex) -> Floats {
    forwardBuffer.start + layout.forward.offsets[index]
  }

  func backward(_ index: Plan.ParameterIndex) -> Floats {
    backwardBuffer.start + layout.backward.offsets[index]
  }

  /// Takes a part of one array from a plain buffer, in the place of another region's.
  func pack(
    _ index: Plan.ParameterIndex, _ part: Kernels.Part, _ direction: Kernels.Direction,
    from plain: Buffer, with convolution: SliceConvolution?
  ) throws(EngineError) {
    let source = plain.start + layout.plain.offsets[index]
    if let convolution {
      switch direction {
      case .forward: try convolution.packForward(source, into: forward(index), part: part)
      case .backward: try convolution.packBackward(source, into: backward(index), part: part)
      }
    } else if part.index == 0, layout.forward.counts[index] > 0 {
      // In both directions: norms are asked for their weights on the way back too.
      let count = layout.plain.counts[index]
      forward(index).update(from: source, count: count)
      (forward(index) + count).update(
        repeating: 0, count: layout.forward.counts[index] - count)
    }
  }
}
