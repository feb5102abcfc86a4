public import Foundation
public import Radiology

/// Where a model came from.
public struct Lineage: Codable, Sendable, Hashable {
  /// Versions it was made from.
  public var parents: [ModelVersion.ID]
  /// The federation's round that made it; none for a locally trained one.
  public var round: Int?
  /// Sites whose updates it holds.
  public var sites: [String]
  /// How many lessons it was trained on in all.
  public var lessons: Int
  /// One sentence: how it was trained, with the seed.
  public var recipe: String
  /// To the second.
  public var made: Date

  public init(
    parents: [ModelVersion.ID] = [], round: Int? = nil, sites: [String] = [], lessons: Int,
    recipe: String, made: Date
  ) {
    self.parents = parents
    self.round = round
    self.sites = sites
    self.lessons = lessons
    self.recipe = recipe
    // Files keep whole seconds, and a model that was saved has to equal itself.
    self.made = Date(timeIntervalSince1970: made.timeIntervalSince1970.rounded(.down))
  }
}
