/// A group norm from floats to bytes, plus another map where told; its parts share nothing but what
/// they read.
final class ByteNorm {
  private let map: ByteMap
  private let groupSize: Int
  private let other: ByteScale?
  private let kernels: ByteKernels
  /// By channel: weight and bias, then what makes the output of the input.
  private let numbers: Buffer
  /// By channel: means and sums.
  private let doubles: Buffer

  /// - Throws: ``EngineError/outOfMemory(bytes:)``.
  init(
    _ map: ByteMap, groups: Int, _ other: ByteScale?, _ kernels: ByteKernels
  ) throws(EngineError) {
    self.map = map
    self.other = other
    self.kernels = kernels
    groupSize = map.shape.channels / groups
    let channels = map.planes * kernels.lanes
    numbers = try Buffer(count: 4 * channels)
    doubles = try Buffer(count: 4 * channels)
  }

  /// Fewest blocks that hold whole groups.
  var planesTogether: Int { groupSize / greatestCommonDivisor(groupSize, kernels.lanes) }

  private var channels: Int { map.planes * kernels.lanes }
  private var weight: Floats { numbers.start }
  private var bias: Floats { numbers.start + channels }
  private var scale: Floats { numbers.start + 2 * channels }
  private var shift: Floats { numbers.start + 3 * channels }
  private var means: UnsafeMutablePointer<Double> {
    UnsafeMutableRawPointer(doubles.start).assumingMemoryBound(to: Double.self)
  }
  private var sums: UnsafeMutablePointer<Double> { means + channels }

  func load(weight: [Float], bias: [Float]) {
    for channel in weight.indices {
      self.weight[channel] = weight[channel]
      self.bias[channel] = bias[channel]
    }
  }

  /// Norms the groups in some planes.
  func run(
    _ planes: Range<Int>, _ x: Floats, adding term: ByteKernels.Term?, relu: Bool, into y: Bytes
  ) {
    let first = planes.lowerBound * kernels.lanes
    let last = min(planes.upperBound * kernels.lanes, map.shape.channels)
    let groups = stride(from: first, to: last, by: groupSize).map { $0..<$0 + groupSize }
    let count = Double(groupSize * map.shape.cells)
    kernels.moments(map, planes: planes, x, means: nil, into: sums)
    for group in groups {
      let mean = total(group) / count
      for channel in group { means[channel] = mean }
    }
    kernels.moments(map, planes: planes, x, means: means, into: sums)
    for group in groups {
      let deviation = (total(group) / count + Double(Kernels.Norm.epsilon)).squareRoot()
      for channel in group { settle(channel, deviation) }
    }
    kernels.affine(
      map, planes: planes, x, scale: scale, shift: shift, adding: term, relu: relu, into: y)
  }

  private func total(_ group: Range<Int>) -> Double { group.reduce(0) { $0 + sums[$1] } }

  /// What makes the output's steps of the input, by one channel.
  private func settle(_ channel: Int, _ deviation: Double) {
    let factor = Double(weight[channel]) / deviation
    var constant = Double(bias[channel]) - means[channel] * factor
    constant -= other.map { Double($0.step) * Double($0.zero) } ?? 0
    let unit = Double(map.scale.step)
    scale[channel] = Float(factor / unit)
    shift[channel] = Float(constant / unit + Double(map.scale.zero))
  }
}
