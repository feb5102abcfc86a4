public import Foundation

/// Something of a site's that was sealed to leave it, or was refused to.
///
/// It counts from the moment at which its first byte goes out, and is written before: what is spent
/// of the privacy budget is spent even if the coordinator never takes it.
public struct Release: Codable, Sendable, Hashable, Identifiable {
  /// Name of the instruction that it answers, by everything in it: there is one release for each.
  public let id: String
  public let coordinator: String
  /// `train` or `evaluate`.
  public let kind: String
  public let task: LearningTask.ID
  public let round: Int?
  /// SHA-256 of the parameters that came.
  public let modelIn: String
  /// How many lessons were learned from, and the digest of their list.
  public let lessons: Int
  public let manifest: String
  /// Examples that the answer stands for: steps times batch.
  public let examples: Int
  /// Euclidean length of the change that leaves; none for an evaluation.
  public let norm: Double?
  public let clip: Double?
  /// Noise in multiples of the clip; none if there is none.
  public let noise: Double?
  public let began: Date
  public let sealed: Date
  /// When it began to leave; none while it has not, and another may take its place.
  public var announced: Date?
  /// Name of the answer, its bytes, and when the coordinator had it; none before.
  public var answer: String?
  public var bytes: Int?
  public var taken: Date?

  public init(
    id: String, coordinator: String, kind: String, task: LearningTask.ID, round: Int?,
    modelIn: String, lessons: Int, manifest: String, examples: Int, norm: Double?, clip: Double?,
    noise: Double?, began: Date, sealed: Date
  ) {
    self.id = id
    self.coordinator = coordinator
    self.kind = kind
    self.task = task
    self.round = round
    self.modelIn = modelIn
    self.lessons = lessons
    self.manifest = manifest
    self.examples = examples
    self.norm = norm
    self.clip = clip
    self.noise = noise
    self.began = began
    self.sealed = sealed
  }
}
