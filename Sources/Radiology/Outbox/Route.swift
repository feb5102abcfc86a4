public import Foundation

/// Which documents of which reports go to a destination.
public struct Route: Codable, Sendable, Hashable {
  public let destination: String
  public let formats: [ExportFormat]
  /// Of preliminary, final and addendum.
  public let states: [Report.State]
  /// Modalities of studies; empty means all.
  public let modalities: [String]
  /// Reports that were given before stay; none means that all go.
  public let since: Date?

  /// What leaves unless something else is said: what was signed.
  public static let signed: [Report.State] = [.final, .addendum]

  public init(
    destination: String, formats: [ExportFormat], states: [Report.State] = signed,
    modalities: [String] = [], since: Date? = nil
  ) {
    self.destination = destination
    self.formats = formats
    self.states = states
    self.modalities = modalities
    self.since = since
  }

  /// Why a report does not go this way; none if it does.
  public func obstacle(_ state: Report.State, of modality: String, given: Date) -> String? {
    guard states.contains(state) else {
      return "it takes no \(state.rawValue) reports, only "
        + states.map(\.rawValue).joined(separator: ", ")
    }
    guard modalities.isEmpty || modalities.contains(modality) else {
      return "it takes no \(modality.isEmpty ? "unknown modality" : modality), only "
        + modalities.joined(separator: ", ")
    }
    if let since, given < since {
      return "it takes nothing from before \(since.formatted(.iso8601))"
    }
    return nil
  }
}
