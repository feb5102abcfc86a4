/// Which maps of a plan exist as bytes, and which as floats; some do as both.
///
/// Convolutions read bytes, except those of single channels and transposed ones; so do the largest
/// of windows between them. All else reads and writes floats, but a norm whose result is read as
/// bytes writes bytes.
struct ByteForms {
  /// By map index.
  private(set) var bytes: [Bool]
  private(set) var floats: [Bool]
  /// Whether a step reads bytes, by step index: all its inputs, but a norm its second input only.
  private(set) var works: [Bool]

  init(_ plan: Plan) {
    bytes = plan.shapes.map { _ in false }
    floats = bytes
    works = plan.steps.map { _ in false }
    // A plain image is read where it is.
    floats[0] = !plan.imageIsPlain
    floats[plan.output] = true
    // Readers come after their writer.
    for (index, step) in plan.steps.enumerated().reversed() {
      switch step.operation {
      case .convolution(let convolution) where plan.canTakeBytes(convolution, step):
        works[index] = true
        for input in step.inputs { bytes[input] = true }
        if !bytes[step.output] { floats[step.output] = true }
      case .norm where bytes[step.output]:
        works[index] = true
        floats[step.input] = true
        if let second = step.second { bytes[second] = true }
      case .maxPool where bytes[step.output]:
        works[index] = true
        bytes[step.input] = true
      default:
        for map in step.inputs + [step.output] { floats[map] = true }
      }
    }
  }
}

extension Plan {
  /// Whether a convolution is one of whole numbers in byte form: the sum of as many products as a
  /// result needs has to fit in 32 bits.
  fileprivate func canTakeBytes(_ convolution: Convolution, _ step: Step) -> Bool {
    let (inputs, outputs) = (shapes[step.input].channels, shapes[step.output].channels)
    let isDepthwise =
      convolution.groups > 1 && convolution.groups == inputs && convolution.groups == outputs
    let products = inputs * convolution.kernel * convolution.kernel
    return !convolution.isTransposed && !isDepthwise && products * 255 * 127 <= Int(Int32.max)
  }
}
