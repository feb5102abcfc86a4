/// A network lowered to few steps: dead nodes gone, and what follows each other joined.
struct Plan {
  /// Index of an array in ``Network/parameterShapes``.
  typealias ParameterIndex = Int
  /// Index of a map; 0 is the image.
  typealias MapIndex = Int

  /// What the steps are for: learning keeps every value that a gradient needs.
  enum Purpose {
    case inference, training
  }

  enum Operation: Equatable {
    /// Convolution of the input, plus the second input where there is one, then ReLU where told.
    case convolution(Convolution)
    /// Group norm of the input, plus the second input where there is one, then ReLU where told.
    case norm(groups: Int, weight: ParameterIndex, bias: ParameterIndex, relu: Bool)
    /// Batch norm of the input, plus the second input where there is one, then ReLU where told:
    /// by the batch where it learns, else by what was learned.
    case batchNorm(BatchNorm)
    /// The input plus the second input where there is one, then ReLU where told.
    case sum(relu: Bool)
    case activation(Network.Activation)
    /// The second input has the first's shape, or one number for each channel.
    case multiply
    case concatenate
    case softmax
    case maxPool(kernel: Int, stride: Int, padding: Int)
    case averagePool(height: Int, width: Int, stride: Int, padding: Int)
    case upsample(factor: Int)
    case upsampleBilinear(factor: Int, alignsCorners: Bool)
  }

  struct Convolution: Equatable {
    let kernel: Int
    let stride: Int
    let padding: Int
    var groups = 1
    var isTransposed = false
    let weight: ParameterIndex
    let bias: ParameterIndex?
    var relu = false
  }

  struct BatchNorm: Equatable {
    let epsilon: Float
    let weight: ParameterIndex
    let relu: Bool
    // The network lists them together.
    var bias: ParameterIndex { weight + 1 }
    var mean: ParameterIndex { weight + 2 }
    var variance: ParameterIndex { weight + 3 }
  }

  struct Step: Equatable {
    let operation: Operation
    let inputs: [MapIndex]
    let output: MapIndex

    var input: MapIndex { inputs[0] }
    var second: MapIndex? { inputs.count > 1 ? inputs[1] : nil }
  }

  private(set) var steps: [Step] = []
  /// Shape of each map for one image.
  private(set) var shapes: [Network.Shape]
  /// Whether the image stays `[channels, height, width]`: oneDNN's first layers read that, where
  /// there are at most 3 channels.
  private(set) var imageIsPlain = true
  var output: MapIndex { steps.last?.output ?? 0 }

  init(_ network: Network, for purpose: Purpose) {
    shapes = [network.input]
    let lowering = Lowering(network, for: purpose)
    var maps = [Network.image: 0]
    for (name, step) in lowering.steps {
      shapes.append(network.shape(of: name))
      maps[name] = shapes.count - 1
      steps.append(
        Step(
          operation: step.operation,
          inputs: step.inputs.map { input in
            guard let map = maps[input] else { preconditionFailure("inputs come first") }
            return map
          }, output: shapes.count - 1))
    }
    imageIsPlain =
      network.input.channels <= 3
      && steps.allSatisfy { step in
        if case .convolution(let convolution) = step.operation, convolution.groups == 1,
          !convolution.isTransposed
        {
          return step.second != 0
        }
        return !step.inputs.contains(0)
      }
  }

  /// The steps between which a batch norm has to hear of the whole batch: each region but the first
  /// begins with one.
  var regions: [Range<Int>] {
    let norms = steps.indices.filter { index in
      if case .batchNorm = steps[index].operation { true } else { false }
    }
    return zip([0] + norms, norms + [steps.count]).map { $0..<$1 }
  }

  /// The region of the step that uses an array; none for arrays of dead nodes.
  var regionsOfParameters: [ParameterIndex: Int] {
    var result: [ParameterIndex: Int] = [:]
    for (region, range) in regions.enumerated() {
      for step in steps[range] {
        for array in step.operation.parameters { result[array] = region }
      }
    }
    return result
  }

  /// Maps whose values a gradient needs.
  var kept: Set<MapIndex> {
    var kept: Set<MapIndex> = []
    for step in steps {
      switch step.operation {
      case .convolution: kept.insert(step.input)
      case .norm(_, _, _, let relu):
        kept.insert(step.input)
        if relu { kept.insert(step.output) }
      case .batchNorm(let norm):
        kept.insert(step.input)
        if norm.relu { kept.insert(step.output) }
      case .sum(let relu): if relu { kept.insert(step.output) }
      case .maxPool: kept.formUnion([step.input, step.output])
      default: continue
      }
    }
    return kept
  }

  /// Maps that are made again when they are needed: what a batch norm leaves for its own region
  /// only, a scale and a shift of a map that is kept.
  var transient: Set<MapIndex> {
    var transient: Set<MapIndex> = []
    for region in regions {
      guard let step = steps[region].first, case .batchNorm = step.operation, step.second == nil,
        step.output != output
      else { continue }
      let isUsedBeyond = steps.indices.contains { index in
        !region.contains(index) && steps[index].inputs.contains(step.output)
      }
      if !isUsedBeyond { transient.insert(step.output) }
    }
    return transient
  }

  /// Names of the nodes whose convolution a step computes, by step.
  func convolutions(of network: Network) -> [Int: String] {
    let parameters = network.parameterShapes
    var names: [Int: String] = [:]
    for (index, step) in steps.enumerated() {
      guard case .convolution(let convolution) = step.operation, !convolution.isTransposed else {
        continue
      }
      names[index] = String(parameters[convolution.weight].name.dropLast(".weight".count))
    }
    return names
  }

  /// Whether a map depends on anything learned, so that its gradient is of use.
  var learns: [Bool] {
    var learns = [Bool](repeating: false, count: shapes.count)
    for step in steps {
      switch step.operation {
      case .convolution, .norm, .batchNorm: learns[step.output] = true
      default: learns[step.output] = step.inputs.contains { learns[$0] }
      }
    }
    return learns
  }
}

extension Plan.Operation {
  /// The arrays it uses.
  fileprivate var parameters: [Plan.ParameterIndex] {
    switch self {
    case .convolution(let convolution):
      [convolution.weight] + (convolution.bias.map { [$0] } ?? [])
    case .norm(_, let weight, let bias, _): [weight, bias]
    case .batchNorm(let norm): Array(norm.weight...norm.variance)
    default: []
    }
  }
}
