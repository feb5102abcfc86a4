public import Foundation

/// What a coordinator asks a site to do, as a person is asked whether it may.
///
/// Rounds of one run are one task: what changes between them needs no second look. Whatever else
/// changes makes another task, which waits for a person again.
public struct LearningTask: Codable, Sendable, Hashable, Identifiable {
  /// What a person said of it.
  public enum State: String, Codable, Sendable, CaseIterable { case pending, approved, refused }

  /// One array of the model that comes, and that leaves again, changed.
  public struct Part: Codable, Sendable, Hashable {
    public let name: String
    public let shape: [Int]

    public init(name: String, shape: [Int]) {
      self.name = name
      self.shape = shape
    }

    /// As Float32.
    public var bytes: Int { shape.reduce(4, *) }
  }

  /// Host and port of who asks.
  public let coordinator: String
  public let parts: [Part]
  /// Everything the coordinator set but the number of the round, as text by name.
  public let settings: [String: String]
  /// Names of the partners by the coordinator's signed roster; empty if it sent none.
  public let partners: [String]
  /// Longest change that leaves, and the noise on it in multiples of that; none if not limited.
  public let clip: Double?
  public let noise: Double?
  /// SHA-256 of ``statement``, lowercase hexadecimal.
  public let id: String
  public let asked: Date
  public var state: State
  public var decidedBy: String?
  public var decided: Date?

  /// A task that waits for a person; `digest` makes lowercase hexadecimal SHA-256 of a text.
  public init(
    coordinator: String, parts: [Part], settings: [String: String], partners: [String],
    clip: Double?, noise: Double?, asked: Date, digest: (String) -> String
  ) {
    self.coordinator = coordinator
    self.parts = parts
    self.settings = settings
    self.partners = partners
    self.clip = clip
    self.noise = noise
    self.asked = asked
    id = digest(
      Self.statement(
        coordinator: coordinator, parts: parts, settings: settings, partners: partners))
    state = .pending
  }

  /// Bytes of one update, without what the wire adds; fewer where the task wants fewer bits a value.
  public var bytes: Int {
    let bits = settings["update-bits"].flatMap { Int($0) } ?? 32
    return parts.reduce(0) { $0 + $1.bytes } * bits / 32
  }

  /// The first twelve characters of the digest: enough to tell tasks apart on a screen.
  public var shortID: String { String(id.prefix(12)) }

  /// All that is decided about, a fact a line; quoted, so that no name can pass for a line.
  private static func statement(
    coordinator: String, parts: [Part], settings: [String: String], partners: [String]
  ) -> String {
    var lines = ["coordinator \(coordinator.debugDescription)"]
    lines += parts.map { "array \($0.name.debugDescription) \($0.shape)" }
    lines += settings.sorted { $0.key < $1.key }.map {
      "set \($0.key.debugDescription) \($0.value.debugDescription)"
    }
    lines += partners.map { "partner \($0.debugDescription)" }
    return lines.joined(separator: "\n")
  }
}
