import Glibc

/// What a batch norm knows of the whole batch while it learns: slices gather, and it adds up.
///
/// Sums are made in slice order, so the number of threads leaves no trace. Not `Sendable`: slices
/// write their own places, and it adds up between the passes of the pool.
final class BatchStatistics {
  let operation: Plan.BatchNorm
  private let channels: Int
  /// Channels in whole blocks.
  private let padded: Int
  private let slices: Int
  /// Numbers of a channel in one slice.
  private let count: Double
  private let memory: DoubleBuffer

  /// - Parameters:
  ///   - operation: the norm.
  ///   - shape: of one image.
  ///   - images: in each slice.
  ///   - slices: in the batch.
  ///   - lanes: channels in a block.
  /// - Throws: ``EngineError/outOfMemory(bytes:)``.
  init(
    _ operation: Plan.BatchNorm, shape: Network.Shape, images: Int, slices: Int, lanes: Int
  ) throws(EngineError) {
    self.operation = operation
    channels = shape.channels
    padded = shape.channels.rounded(to: lanes)
    self.slices = slices
    count = Double(images * shape.cells)
    memory = try DoubleBuffer(count: (8 + 2 * slices) * padded)
  }

  // By channel, of the whole batch.
  var means: Doubles { row(0) }
  private var variances: Doubles { row(1) }
  private var inverses: Doubles { row(2) }
  var scales: Doubles { row(3) }
  var shifts: Doubles { row(4) }
  /// Factors of the gradient, of `x − mean` and of 1 in the gradient of the input.
  var slopeFactors: Doubles { row(5) }
  var differenceFactors: Doubles { row(6) }
  var constants: Doubles { row(7) }

  /// Where a slice leaves its two sums.
  func parts(of slice: Int) -> (Doubles, Doubles) { (row(8 + 2 * slice), row(9 + 2 * slice)) }

  /// Adds up means and squared differences.
  ///
  /// Source: Chan, Golub and LeVeque 1979, "Updating formulae and a pairwise algorithm for
  /// computing sample variances".
  func addUpMoments(weight: Floats, bias: Floats) {
    for channel in 0..<channels {
      var mean = 0.0
      var squares = 0.0
      for slice in 0..<slices {
        let (partMean, partSquares) = (parts(of: slice).0[channel], parts(of: slice).1[channel])
        let difference = partMean - mean
        let share = 1 / Double(slice + 1)
        mean += difference * share
        squares += partSquares + difference * difference * count * Double(slice) * share
      }
      means[channel] = mean
      variances[channel] = squares / (count * Double(slices))
      inverses[channel] = 1 / (variances[channel] + Double(operation.epsilon)).squareRoot()
      scales[channel] = inverses[channel] * Double(weight[channel])
      shifts[channel] = Double(bias[channel])
    }
  }

  /// Adds up the gradient's sums and products; afterwards the input's gradient can be made.
  ///
  /// - Parameters:
  ///   - weightGradient: gets the gradient of the scales.
  ///   - biasGradient: gets the gradient of the shifts.
  func addUpGradient(weightGradient: Floats, biasGradient: Floats) {
    for channel in 0..<channels {
      var (sum, product) = (0.0, 0.0)
      for slice in 0..<slices {
        sum += parts(of: slice).0[channel]
        product += parts(of: slice).1[channel]
      }
      let inverse = inverses[channel]
      let scale = scales[channel]
      let all = count * Double(slices)
      biasGradient[channel] = Float(sum)
      weightGradient[channel] = Float(product * inverse)
      slopeFactors[channel] = scale
      differenceFactors[channel] = -scale * inverse * inverse * product / all
      constants[channel] = -scale * sum / all
    }
  }

  /// Moves the means and variances that inference uses towards those of the batch.
  ///
  /// The variance is that of a sample, `squares / (count − 1)`, as PyTorch has it.
  func remember(mean: Floats, variance: Floats) {
    let all = count * Double(slices)
    let sample = all > 1 ? all / (all - 1) : 1
    for channel in 0..<channels {
      mean[channel] += Self.momentum * (Float(means[channel]) - mean[channel])
      variance[channel] += Self.momentum * (Float(variances[channel] * sample) - variance[channel])
    }
  }

  /// Share of the newest batch in what is remembered.
  private static let momentum: Float = 0.1

  private func row(_ index: Int) -> Doubles { memory.start + index * padded }
}

/// Zeroed doubles on a cache line boundary.
final class DoubleBuffer {
  private let memory: Buffer

  init(count: Int) throws(EngineError) { memory = try Buffer(count: 2 * count) }

  var start: Doubles { UnsafeMutableRawPointer(memory.start).assumingMemoryBound(to: Double.self) }
}
