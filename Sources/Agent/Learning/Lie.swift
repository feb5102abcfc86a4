import Engine
import Triage

/// How a simulated site lies, to see what becomes of the common model.
///
/// Both are updates that a coordinator cannot tell from honest ones by their form. Values that are
/// no numbers and arrays of another shape it refuses; see ``Federation/FederationError``.
public enum Lie: String, Codable, Sendable, CaseIterable {
  /// It learns from its pictures under the opposite labels.
  case flippedLabels = "flipped-labels"
  /// It learns as the others do, and sends its change a hundred times as long.
  case scaled

  /// How many times as long a scaled change is.
  static let stretch: Float = 100

  /// What is done to the site's part, for people.
  public var words: String {
    switch self {
    case .flippedLabels: "learns from opposite labels"
    case .scaled: "sends its change \(Int(Self.stretch)) times as long"
    }
  }

  /// What the site learns from.
  func lessons(_ lessons: [LabelledImage]) -> [LabelledImage] {
    self == .flippedLabels ? lessons.map(\.mislabelled) : lessons
  }

  /// What it sends in place of what it learned.
  func parameters(_ trained: Parameters, from model: Parameters) -> Parameters {
    self == .scaled
      ? model.adding(trained.subtracting(model), scaled: Self.stretch) : trained
  }
}
