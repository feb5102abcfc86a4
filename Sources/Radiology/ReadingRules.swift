/// From which weights on a department wants to be asked, or wants to look twice.
///
/// A weight is the model's probability, 0 to 1, that the study is abnormal.
public struct ReadingRules: Codable, Sendable, Hashable {
  /// Signing *normal* against a suspicious call of at least this weight asks once.
  public var askAbove: Double
  /// A study signed *normal* against one of at least this weight is read once more.
  public var secondLookAbove: Double
  /// Share of the ruled-out normals that is read once more, 0 to 1.
  public var sample: Double
  /// Two readers who disagree about a study of at least this weight need a third.
  public var arbitrateAbove: Double

  /// Every disagreement is asked about and arbitrated, unless a department says otherwise.
  public init(
    askAbove: Double = 0, secondLookAbove: Double = 0.5, sample: Double = 0.05,
    arbitrateAbove: Double = 0
  ) {
    for share in [askAbove, secondLookAbove, sample, arbitrateAbove] {
      precondition((0...1).contains(share), "a weight and a share are from 0 to 1")
    }
    self.askAbove = askAbove
    self.secondLookAbove = secondLookAbove
    self.sample = sample
    self.arbitrateAbove = arbitrateAbove
  }
}
