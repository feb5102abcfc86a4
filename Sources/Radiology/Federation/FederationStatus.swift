/// How a site's part in a federation is doing: what the sync screen and `federation status` say.
public struct FederationStatus: Codable, Sendable, Hashable {
  /// What everything that left tells of the site together.
  public struct Privacy: Codable, Sendable, Hashable {
    /// The ε given away at ``delta``; none where something has left without noise: nothing bounds it.
    public let epsilon: Double?
    public let delta: Double
    /// Most that may be given away; none where there is no budget.
    public let budget: Double?
    /// Answers that left, with noise and without.
    public let noisy: Int
    public let plain: Int

    public init(epsilon: Double?, delta: Double, budget: Double?, noisy: Int, plain: Int) {
      self.epsilon = epsilon
      self.delta = delta
      self.budget = budget
      self.noisy = noisy
      self.plain = plain
    }
  }

  /// None if the site takes part in nothing.
  public let seat: FederationSeat?
  /// What approved rosters have called this site, the last one at the end.
  public let names: [String]
  public let pause: FederationPause?
  public let progress: FederationProgress?
  /// The newest first.
  public let tasks: [LearningTask]
  /// The newest first; the last hundred.
  public let releases: [Release]
  public let privacy: Privacy
  /// Lessons of consenting patients, to learn from and to validate with.
  public let lessons: Int
  public let validation: Int

  public init(
    seat: FederationSeat?, names: [String] = [], pause: FederationPause?,
    progress: FederationProgress?,
    tasks: [LearningTask], releases: [Release], privacy: Privacy, lessons: Int, validation: Int
  ) {
    self.seat = seat
    self.names = names
    self.pause = pause
    self.progress = progress
    self.tasks = tasks
    self.releases = releases
    self.privacy = privacy
    self.lessons = lessons
    self.validation = validation
  }

  /// Tasks that wait for a person.
  public var pending: [LearningTask] { tasks.filter { $0.state == .pending } }
}
