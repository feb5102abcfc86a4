/// Makes the steps of a plan that work on bytes, and those that go between bytes and floats.
///
/// Owns the maps of bytes, and has to live as long as the steps are used.
final class ByteCompiler {
  typealias Work = () -> Void

  let plan: Plan
  let kernels: ByteKernels
  /// How many workers share a step at the most.
  let parts: Int
  private let forms: ByteForms
  /// By map index; those that are never bytes only say how they would lie.
  private let maps: [ByteMap]
  private let arena: Arena
  private let bytes: Buffer
  /// Where the image lies while it is worked on, if ``readsImage``; set before the steps run.
  var image: UnsafePointer<Float>?
  /// What takes the weights.
  private(set) var loaders: [(BatchNormFold.Folded) -> Void] = []

  /// - Parameters:
  ///   - plan: for inference.
  ///   - scales: by map index.
  ///   - lanes: channels in a block.
  ///   - parts: workers of a step.
  /// - Throws: ``EngineError/outOfMemory(bytes:)``.
  init(_ plan: Plan, scales: [ByteScale], lanes: Int, parts: Int) throws(EngineError) {
    self.plan = plan
    self.parts = parts
    kernels = ByteKernels(lanes: lanes)
    let forms = ByteForms(plan)
    self.forms = forms
    var maps = plan.shapes.indices.map { map in
      ByteMap(
        shape: plan.shapes[map], pixel: map == 0 && plan.imageIsPlain ? 1 : lanes,
        scale: scales[map])
    }
    for (index, step) in plan.steps.enumerated() where forms.works[index] {
      switch step.operation {
      case .convolution(let convolution):
        maps[step.input].halo = max(maps[step.input].halo, convolution.padding)
      // The largest of some bytes is one of them.
      case .maxPool: maps[step.output].scale = maps[step.input].scale
      default: continue
      }
    }
    self.maps = maps
    let lives = plan.lives
    arena = Arena(
      maps.indices.map { map in
        (lives[map], forms.bytes[map] ? maps[map].count.rounded(to: 4) / 4 : 0)
      })
    bytes = try Buffer(count: arena.count)
  }

  /// Whether the image is read where it is, without a map of floats.
  var readsImage: Bool { forms.bytes[0] && !forms.floats[0] }

  /// Maps that are never floats.
  var absentFloats: Set<Plan.MapIndex> { Set(maps.indices.filter { !forms.floats[$0] }) }

  /// Compiles a step.
  ///
  /// - Parameters:
  ///   - index: of the step.
  ///   - floats: where each map lies as floats.
  /// - Returns: its parts; nil where it works on floats alone.
  /// - Throws: ``EngineError/outOfMemory(bytes:)``.
  func work(
    for index: Int, _ floats: (Plan.MapIndex) -> Floats
  ) throws(EngineError) -> [Work]? {
    let step = plan.steps[index]
    guard forms.works[index] else { return nil }
    switch step.operation {
    case .convolution(let convolution): return try self.convolution(step, convolution, floats)
    case .norm(let groups, let weight, let bias, let relu):
      let norm = Norm(groups: groups, weight: weight, bias: bias, relu: relu)
      return try self.norm(step, norm, floats(step.input))
    case .maxPool(let kernel, let stride, let padding):
      let kernels = kernels
      let (input, output) = (maps[step.input], maps[step.output])
      let (x, y) = (place(step.input), place(step.output))
      return eachRows(of: output) { rows in
        {
          kernels.maxPool(
            input, output, kernel: kernel, stride: stride, padding: padding, rows: rows, x, into: y)
        }
      }
    default: preconditionFailure("nothing else works on bytes")
    }
  }

  /// The parts of the step that makes the other form of a map, after its writer; nil for a map that
  /// is left in the form it has.
  func conversion(of map: Plan.MapIndex, _ floats: (Plan.MapIndex) -> Floats) -> [Work]? {
    let kernels = kernels
    let sizes = maps[map]
    if map == 0, readsImage {
      let bytes = place(0)
      return eachRows(of: sizes) { rows in
        { [unowned self] in
          guard let image else { preconditionFailure("the image is there before the steps run") }
          kernels.quantize(sizes, rows: rows, image, into: bytes)
        }
      }
    }
    guard forms.bytes[map], forms.floats[map] else { return nil }
    let (bytes, numbers) = (place(map), floats(map))
    let writer = plan.steps.firstIndex { $0.output == map }
    let isBytes = writer.map { forms.works[$0] } ?? false
    return eachRows(of: sizes) { rows in
      isBytes
        ? { kernels.dequantize(sizes, rows: rows, bytes, into: numbers) }
        : { kernels.quantize(sizes, rows: rows, numbers, into: bytes) }
    }
  }

  // MARK: Steps

  private func convolution(
    _ step: Plan.Step, _ convolution: Plan.Convolution, _ floats: (Plan.MapIndex) -> Floats
  ) throws(EngineError) -> [Work] {
    let (kernels, output) = (kernels, maps[step.output])
    let sizes = ByteKernels.Convolution(
      input: maps[step.input], output: output, kernel: convolution.kernel,
      stride: convolution.stride, padding: convolution.padding, relu: convolution.relu)
    let isBytes = forms.bytes[step.output]
    let other = step.second.map { term($0, in: isBytes ? output.scale.step : 1) }
    let weights = try ByteWeights(
      convolution, sizes, other?.map.scale, writesBytes: isBytes, kernels)
    loaders.append(weights.load)
    let target: ByteKernels.Target =
      isBytes ? .bytes(place(step.output)) : .floats(floats(step.output))
    let x = place(step.input)
    return pieces(of: sizes).map { part in
      {
        kernels.convolution(
          sizes, part, x, weights: weights.packed, scale: weights.scale.start,
          shift: weights.shift.start, adding: other, into: target)
      }
    }
  }

  private struct Norm {
    let groups: Int
    let weight: Plan.ParameterIndex
    let bias: Plan.ParameterIndex
    let relu: Bool
  }

  private func norm(
    _ step: Plan.Step, _ norm: Norm, _ x: Floats
  ) throws(EngineError) -> [Work] {
    let (kernels, map) = (kernels, maps[step.output])
    let other = step.second.map { term($0, in: map.scale.step) }
    let byteNorm = try ByteNorm(map, groups: norm.groups, other?.map.scale, kernels)
    loaders.append { parameters in
      byteNorm.load(weight: parameters.values(norm.weight), bias: parameters.values(norm.bias))
    }
    let y = place(step.output)
    return map.planes.cut(into: parts(of: map), by: byteNorm.planesTogether).map { planes in
      { byteNorm.run(planes, x, adding: other, relu: norm.relu, into: y) }
    }
  }

  // MARK: Parts

  private func place(_ map: Plan.MapIndex) -> Bytes {
    UnsafeMutableRawPointer(bytes.start + arena.offsets[map])
      .assumingMemoryBound(to: UInt8.self)
  }

  private func term(_ map: Plan.MapIndex, in step: Float) -> ByteKernels.Term {
    ByteKernels.Term(map: maps[map], bytes: place(map), worth: maps[map].scale.step / step)
  }

  /// Rows where the input is larger than the weights, else groups of channels: of the larger each
  /// worker reads its own part.
  private func pieces(of sizes: ByteKernels.Convolution) -> [ByteKernels.Part] {
    let (height, groups) = (sizes.output.shape.height, kernels.groups(of: sizes.output))
    let products = kernels.weightCount(sizes) * sizes.output.shape.cells
    let parts = products < Self.worthSharing ? 1 : products < Self.worthHalving ? parts : most
    if groups >= parts, kernels.weightCount(sizes) > sizes.input.count || height < parts {
      return groups.cut(into: parts, by: 1).map { .init(rows: 0..<height, groups: $0) }
    }
    return height.cut(into: parts, by: 1).map { .init(rows: $0, groups: 0..<groups) }
  }

  /// Products below which a convolution stays in one piece: those of some two microseconds.
  private static let worthSharing = 1 << 20
  /// Products of a convolution from which on each worker has two parts: one that is held up leaves
  /// its second to another.
  private static let worthHalving = 1 << 24
  private var most: Int { parts == 1 ? 1 : 2 * parts }

  private func eachRows(of map: ByteMap, _ work: (_ rows: Range<Int>) -> Work) -> [Work] {
    map.shape.height.cut(into: parts(of: map), by: 1).map(work)
  }

  private func parts(of map: ByteMap) -> Int { map.count < Self.worthDividing ? 1 : parts }

  /// Bytes of a map below which it stays in one piece.
  private static let worthDividing = 1 << 15
}
