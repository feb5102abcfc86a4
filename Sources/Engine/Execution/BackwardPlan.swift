/// The steps in reverse, with a place for every gradient and who writes it first.
struct BackwardPlan {
  /// Where a step leaves the gradient of one of its inputs.
  struct Target: Equatable {
    let map: Plan.MapIndex
    /// Whether another step was there before, so that this one adds.
    let adds: Bool
  }

  struct Step: Equatable {
    /// Index of the forward step.
    let index: Int
    /// Nil where nobody wants the gradient.
    let input: Target?
    let second: Target?
    /// Room for a convolution's gradient before it is added, since oneDNN only overwrites.
    let spare: Int?
  }

  private(set) var steps: [Step] = []
  /// First float of each map's gradient in the arena; -1 for maps without one.
  private(set) var offsets: [Int]
  /// Floats of the arena.
  let count: Int

  /// - Parameters:
  ///   - plan: the forward steps.
  ///   - size: floats of a map for all images of a slice.
  init(_ plan: Plan, size: (Plan.MapIndex) -> Int) {
    let learns = plan.learns
    let end = plan.steps.count
    // Time runs from 0, where the output's gradient arrives, to `end`.
    var first = [Int?](repeating: nil, count: plan.shapes.count)
    var last = [Int](repeating: 0, count: plan.shapes.count)
    first[plan.output] = 0
    var spares: [(time: Int, map: Int)] = []
    // A batch norm turns the gradient of its output into that of its input in place.
    var places = Array(plan.shapes.indices)
    for (index, step) in plan.steps.enumerated().reversed() {
      let time = end - index
      last[step.output] = time
      guard learns[step.output] else { continue }
      func target(_ map: Plan.MapIndex?) -> Target? {
        guard let map, learns[map] else { return nil }
        defer { first[map] = first[map] ?? time }
        return Target(map: map, adds: first[map] != nil)
      }
      // A norm or sum serves its second input first; the order matters where both are one map.
      let second = target(step.second)
      let input = target(step.input)
      var spare: Int?
      if case .convolution = step.operation, let input, input.adds {
        spare = spares.count
        spares.append((time, input.map))
      }
      if case .batchNorm = step.operation, let input, !input.adds {
        places[input.map] = places[step.output]
      }
      steps.append(Step(index: index, input: input, second: second, spare: spare))
    }
    var lives: [Int: ClosedRange<Int>] = [:]
    for map in plan.shapes.indices {
      guard let begin = first[map] else { continue }
      let end = max(last[map], begin)
      let other = lives[places[map]] ?? begin...end
      lives[places[map]] = min(begin, other.lowerBound)...max(end, other.upperBound)
    }
    let owners = lives.keys.sorted()
    let arena = Arena(
      owners.map { (lives[$0] ?? 0...end, size($0)) }
        + spares.map { ($0.time...$0.time, size($0.map)) })
    let owned = Dictionary(uniqueKeysWithValues: zip(owners, arena.offsets))
    offsets = plan.shapes.indices.map { first[$0] == nil ? -1 : owned[places[$0], default: -1] }
    let spareOffsets = Array(arena.offsets.dropFirst(owners.count))
    steps = steps.map { step in
      Step(
        index: step.index, input: step.input, second: step.second,
        spare: step.spare.map { spareOffsets[$0] })
    }
    count = arena.count
  }
}
