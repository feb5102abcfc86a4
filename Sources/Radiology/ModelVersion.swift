public import Foundation

/// What is known of one version of a model: its name, where it came from, how it did.
public struct ModelVersion: Codable, Sendable, Hashable, Identifiable {
  /// How far a version has come at this site.
  public enum State: String, Codable, Sendable { case candidate, active, rejected, retired }

  /// SHA-256 over architecture, preprocessing, weights and calibration, lowercase hexadecimal.
  public let id: String
  /// A short name for people, for example `chest r24`.
  public let name: String
  /// Versions it was made from.
  public let parents: [ModelVersion.ID]
  /// The federation's round that made it; none for a locally trained one.
  public let round: Int?
  /// Sites whose updates it holds.
  public let sites: [String]
  /// How many lessons it was trained on in all.
  public let lessons: Int
  public let made: Date
  public var state: State
  /// Who changed the state last, and when.
  public var decidedBy: String?
  public var decided: Date?

  public init(
    id: String, name: String, parents: [ModelVersion.ID] = [], round: Int? = nil,
    sites: [String] = [], lessons: Int = 0, made: Date, state: State = .candidate,
    decidedBy: String? = nil, decided: Date? = nil
  ) {
    self.id = id
    self.name = name
    self.parents = parents
    self.round = round
    self.sites = sites
    self.lessons = lessons
    self.made = made
    self.state = state
    self.decidedBy = decidedBy
    self.decided = decided
  }

  /// The first twelve characters of the digest: enough to tell versions apart on a screen.
  public var shortID: String { String(id.prefix(12)) }
}
