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
  ///   - absent: maps that are nowhere.
  init(
    _ plan: Plan, images: Int, lanes: Int, kept: Set<Plan.MapIndex> = [],
    transient: Set<Plan.MapIndex> = [], absent: Set<Plan.MapIndex> = []
  ) {
    let counts = plan.shapes.indices.map { map in
      if absent.contains(map) { return 0 }
      let shape = plan.shapes[map]
      let channels =
        map == 0 && plan.imageIsPlain ? shape.channels : shape.channels.rounded(to: lanes)
      return images * channels * shape.cells
    }
    let end = plan.steps.count
    let lives = plan.lives
    let arena = Arena(
      counts.indices.map { map in
        (
          kept.contains(map) ? lives[map].lowerBound...end : lives[map],
          transient.contains(map) ? 0 : counts[map]
        )
      })
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

extension Plan {
  /// The steps from a map's writer to its last reader, by map index; the output is read at the end.
  var lives: [ClosedRange<Int>] {
    var first = [Int](repeating: 0, count: shapes.count)
    var last = first
    for (time, step) in steps.enumerated() {
      first[step.output] = time
      for map in step.inputs + [step.output] { last[map] = max(last[map], time) }
    }
    last[output] = steps.count
    return zip(first, last).map { $0...$1 }
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
