/// How many bits a value of an update takes on its way, where a coordinator asks for fewer than a
/// float has.
public enum UpdateBits: Int, Sendable, CaseIterable {
  case eight = 8
  case sixteen = 16

  /// What an instruction calls it; a coordinator that does not ask gets floats.
  public static let setting = "update-bits"

  /// The furthest step from 0.
  var largest: Float {
    switch self {
    case .eight: 127
    case .sixteen: 32_767
    }
  }

  /// What a step is on the wire.
  var element: ElementType {
    switch self {
    case .eight: .int8
    case .sixteen: .int16
    }
  }
}
