public import Foundation

/// A reviewed study turned into a training example.
///
/// The image is named by digest and rebuilt by the preprocessing that inference uses.
public struct Lesson: Codable, Sendable, Hashable, Identifiable {
  /// Which part of the site's lessons it belongs to; a patient is never in two.
  public enum Part: String, Codable, Sendable, CaseIterable {
    case train, validation
    /// Frozen: never trained on, and never used to choose anything.
    case test
  }

  public let study: Study.ID
  public let instance: Instance.ID
  /// SHA-256 of the stored image.
  public let digest: String
  public let isSuspicious: Bool
  /// Confirmed regions, in pixels of the stored frame.
  ///
  /// Empty does not mean that there is no lesion.
  public let regions: [Region]
  /// How much to trust it, 0 to 1: what a single, double or arbitrated read is worth.
  public let weight: Double
  public let part: Part
  /// Who taught it: a reader's name, or the source of an imported label.
  public let teacher: String
  public let made: Date

  public var id: String { instance }

  public init(
    study: Study.ID, instance: Instance.ID, digest: String, isSuspicious: Bool,
    regions: [Region], weight: Double = 1, part: Part, teacher: String, made: Date
  ) {
    precondition((0...1).contains(weight), "a lesson's weight is from 0 to 1")
    self.study = study
    self.instance = instance
    self.digest = digest
    self.isSuspicious = isSuspicious
    self.regions = regions
    self.weight = weight
    self.part = part
    self.teacher = teacher
    self.made = made
  }
}
