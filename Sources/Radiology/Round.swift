public import Foundation

/// What the coordinator may see of an update.
public enum PrivacyMode: String, Codable, Sendable, CaseIterable {
  /// The parameters as they are, over a protected channel.
  case plain
  /// Only the sum over sites.
  case masked
}

/// One turn of the federation, as one site or the coordinator remembers it.
public struct Round: Codable, Sendable, Hashable {
  /// What one site brought.
  public struct Contribution: Codable, Sendable, Hashable {
    public let site: String
    /// How many lessons the update stands for.
    public let lessons: Int
    /// SHA-256 of the sealed bytes that left the site.
    public let digest: String
    /// How many bytes left the site.
    public let bytes: Int
    /// Euclidean length of the change to the parameters.
    public let norm: Double
    /// Why the coordinator did not take it; none if it did.
    public let refusal: String?

    public init(
      site: String, lessons: Int, digest: String, bytes: Int, norm: Double, refusal: String? = nil
    ) {
      self.site = site
      self.lessons = lessons
      self.digest = digest
      self.bytes = bytes
      self.norm = norm
      self.refusal = refusal
    }
  }

  public let number: Int
  public let coordinator: String
  public let privacy: PrivacyMode
  /// SHA-256 of the parameters that went in.
  public let modelIn: String
  /// SHA-256 of the parameters that came out; none if the round failed.
  public let modelOut: String?
  public let contributions: [Contribution]
  public let started: Date
  public let ended: Date

  public init(
    number: Int, coordinator: String, privacy: PrivacyMode, modelIn: String, modelOut: String?,
    contributions: [Contribution], started: Date, ended: Date
  ) {
    self.number = number
    self.coordinator = coordinator
    self.privacy = privacy
    self.modelIn = modelIn
    self.modelOut = modelOut
    self.contributions = contributions
    self.started = started
    self.ended = ended
  }
}
