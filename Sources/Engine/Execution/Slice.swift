/// Where a slice's maps and the norms' statistics lie in one buffer.
struct ActivationLayout {
  /// Floats of each map for all images of the slice.
  let counts: [Int]
  /// First float of each map.
  let offsets: [Int]
  /// First float of each step's statistics; of use for norms.
  let statistics: [Int]
  let total: Int

  /// - Parameters:
  ///   - plan: the steps and maps.
  ///   - images: in a slice.
  ///   - lanes: channels in a block.
  ///   - kept: maps that are needed after the last step; the others leave their place when they
  ///     were used.
  ///   - transient: maps that are elsewhere.
  init(
    _ plan: Plan, images: Int, lanes: Int, kept: Set<Plan.MapIndex> = [],
    transient: Set<Plan.MapIndex> = []
  ) {
    let counts = plan.shapes.indices.map { map in
      let shape = plan.shapes[map]
      let channels =
        map == 0 && plan.imageIsPlain ? shape.channels : shape.channels.rounded(to: lanes)
      return images * channels * shape.cells
    }
    let end = plan.steps.count
    var first = [Int](repeating: 0, count: counts.count)
    var last = counts.indices.map { kept.contains($0) ? end : 0 }
    for (time, step) in plan.steps.enumerated() {
      first[step.output] = time
      for map in step.inputs + [step.output] { last[map] = max(last[map], time) }
    }
    last[plan.output] = end
    let arena = Arena(
      counts.indices.map { (first[$0]...last[$0], transient.contains($0) ? 0 : counts[$0]) })
    var total = arena.count
    statistics = plan.steps.map { step in
      guard case .norm(let groups, _, _, _) = step.operation else { return total }
      defer { total += (2 * images * groups).rounded(to: Buffer.line) }
      return total
    }
    self.counts = counts
    offsets = arena.offsets
    self.total = total
  }
}

/// The maps of a few images, and the gradient they contribute.
final class Slice {
  private let layout: ActivationLayout
  private let activations: Buffer
  private let gradients: Places
  private let gradientStart: Floats?
  /// Its place in the batch.
  let index: Int
  /// Gradients of its maps, where they have to outlive a region.
  let slopes: Buffer?

  private typealias Places = ParameterLayout.Places

  /// - Parameters:
  ///   - layout: where the maps lie.
  ///   - gradients: where the arrays' gradients lie.
  ///   - gradientStart: room for them, owned by the caller; nil where nothing is learned.
  ///   - index: its place in the batch.
  ///   - slopes: floats of the maps' gradients that it keeps itself.
  /// - Throws: ``EngineError/outOfMemory(bytes:)``.
  init(
    _ layout: ActivationLayout, gradients: ParameterLayout.Places, at gradientStart: Floats?,
    index: Int = 0, slopes: Int = 0
  ) throws(EngineError) {
    self.index = index
    self.slopes = slopes > 0 ? try Buffer(count: slopes) : nil
    self.layout = layout
    self.gradients = gradients
    self.gradientStart = gradientStart
    activations = try Buffer(count: layout.total)
  }

  func map(_ index: Plan.MapIndex) -> Floats { activations.start + layout.offsets[index] }

  func statistics(_ step: Int) -> Floats { activations.start + layout.statistics[step] }

  func gradient(_ index: Plan.ParameterIndex) -> Floats {
    guard let gradientStart else { preconditionFailure("made without gradients") }
    return gradientStart + gradients.offsets[index]
  }
}
