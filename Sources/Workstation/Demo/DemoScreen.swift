public import Terminal

/// A demo while it happens: hospitals that learn together, for somebody who never saw it.
///
/// It is pure, as the workstation is: ``update(_:)`` takes what happened and answers what should be
/// done about it, ``draw(on:)`` draws the state. The only clock is ``Event/tick(_:)``.
public struct DemoScreen: Sendable {
  /// What is going to happen.
  public struct Plan: Sendable, Hashable {
    /// Those that are known beforehand; others appear when they are heard of.
    public let hospitals: [String]
    public let rounds: Int
    /// New studies to triage.
    public let studies: Int
    /// Whether a program draws the images, which is said on the screen at any size.
    public let isSynthetic: Bool

    public init(hospitals: [String], rounds: Int, studies: Int, isSynthetic: Bool) {
      self.hospitals = hospitals
      self.rounds = rounds
      self.studies = studies
      self.isSynthetic = isSynthetic
    }
  }

  /// Everything that can happen to the screen.
  public enum Event: Sendable {
    case input(Input)
    /// How long it has run; wanted a few times a second.
    case tick(Duration)
    case drew(DemoPicture, done: Int, of: Int)
    /// A hospital takes its pictures into its store.
    case tookIn(String, done: Int, of: Int)
    /// A hospital has so many lessons.
    case opened(String, lessons: Int)
    /// A hospital trains, then sends what it learned; rounds are counted from 1.
    case trains(String, round: Int)
    case sent(String, round: Int, bytes: Int)
    /// A round is over; AUROC of all hospitals' validation pictures, if measured.
    case round(Int, pooled: Double?, hospitals: [String: Score])
    /// All rounds are over, and the threshold is chosen.
    case calibrates
    case triaged(done: Int, of: Int)
  }

  /// What a round did for one hospital.
  public struct Score: Sendable {
    /// Euclidean length of the change that left it.
    public let change: Double
    /// Of its validation pictures, if measured.
    public let auroc: Double?

    public init(change: Double, auroc: Double?) {
      self.change = change
      self.auroc = auroc
    }
  }

  /// One hospital, as far as the screen knows it.
  struct Hospital: Sendable, Hashable {
    enum Work: Sendable, Hashable { case waits, takesIn, isReady, trains, sent }

    let name: String
    var work = Work.waits
    var takenIn = Count()
    var lessons: Int?
    var round = 0
    var change: Double?
    var auroc: Double?
    /// All that left it.
    var bytes = 0
  }

  /// So many of so many; it only ever grows, and nobody knows a total of 0.
  struct Count: Sendable, Hashable {
    private(set) var done = 0
    private(set) var total = 0

    var fraction: Double { total > 0 ? min(1, Double(done) / Double(total)) : 0 }

    mutating func reach(_ done: Int, of total: Int) {
      self.done = max(self.done, done)
      self.total = max(self.total, total)
    }
  }

  let plan: Plan
  var bounds: Rect
  var capabilities: Capabilities
  var elapsed = Duration.zero
  var stage: Stage
  var hospitals: [Hospital]
  var drawn = Count()
  var triaged = Count()
  /// The highest round any hospital trained in; 0 before the first.
  var round = 0
  /// Pooled AUROC by round; none where it was not measured.
  var scores: [Double?]
  var isCalibrating = false
  /// A few of the pictures drawn, to look at meanwhile.
  var gallery: [DemoPicture] = []
  private var lastPicture = Duration.zero
  var showsHelp = false
  /// Somebody asked to stop.
  var isStopping = false
  /// Share of all the work, 0 to 1; it never falls.
  private(set) var fraction = 0.0

  public init(plan: Plan, width: Int, height: Int, capabilities: Capabilities) {
    self.plan = plan
    bounds = Rect(x: 0, y: 0, width: width, height: height)
    self.capabilities = capabilities
    stage = plan.isSynthetic ? .draw : .takeIn
    hospitals = plan.hospitals.map { Hospital(name: $0) }
    scores = Array(repeating: nil, count: plan.rounds)
  }

  /// Takes what happened and answers what should be done about it: ``Effect/quit`` to stop,
  /// ``Effect/suspend`` and ``Effect/repaint``.
  public mutating func update(_ event: Event) -> [Effect] {
    defer { fraction = max(fraction, estimatedFraction) }
    switch event {
    case .input(let input): return take(input)
    case .tick(let elapsed): self.elapsed = max(self.elapsed, elapsed)
    case .drew(let picture, let done, let all):
      reach(.draw)
      drawn.reach(done, of: all)
      keep(picture)
    case .tookIn(let name, let done, let all):
      reach(.takeIn)
      change(name) {
        $0.work = .takesIn
        $0.takenIn.reach(done, of: all)
      }
    case .opened(let name, let lessons):
      reach(.takeIn)
      change(name) {
        $0.work = .isReady
        $0.lessons = lessons
      }
    case .trains(let name, let round):
      reach(.federate)
      self.round = min(plan.rounds, max(self.round, round))
      change(name) { $0.work = .trains }
    case .sent(let name, let round, let bytes):
      reach(.federate)
      change(name) {
        $0.work = .sent
        $0.round = max($0.round, round)
        $0.bytes += bytes
      }
    case .round(let number, let pooled, let each):
      if scores.indices.contains(number - 1) { scores[number - 1] = pooled }
      for (name, score) in each {
        change(name) {
          $0.change = score.change
          // Not every round is measured; the last figure stays.
          $0.auroc = score.auroc ?? $0.auroc
        }
      }
    case .calibrates: isCalibrating = true
    case .triaged(let done, let all):
      reach(done < all ? .triage : .open)
      triaged.reach(done, of: all)
    }
    return []
  }

  /// Stages only ever go on.
  private mutating func reach(_ stage: Stage) { self.stage = max(self.stage, stage) }

  private mutating func change(_ name: String, _ change: (inout Hospital) -> Void) {
    if let index = hospitals.firstIndex(where: { $0.name == name }) {
      change(&hospitals[index])
    } else {
      var new = Hospital(name: name)
      change(&new)
      hospitals.append(new)
    }
  }

  /// Hundreds are drawn in seconds; those kept are far enough apart for the eye.
  private mutating func keep(_ picture: DemoPicture) {
    guard gallery.count < 12, gallery.isEmpty || elapsed - lastPicture >= .milliseconds(450),
      // The first to be seen has something to see.
      !gallery.isEmpty || !picture.lesions.isEmpty
    else { return }
    gallery.append(picture)
    lastPicture = elapsed
  }

  // MARK: Keys

  private mutating func take(_ input: Input) -> [Effect] {
    switch input {
    case .key(let key): return take(key)
    case .reply(let reply): capabilities.apply(reply)
    case .resize(let width, let height):
      bounds = Rect(x: 0, y: 0, width: width, height: height)
      return [.repaint]
    case .resume: return [.repaint]
    case .interrupt, .hangup, .terminate: return stop()
    case .paste, .mouse: break
    }
    return []
  }

  private mutating func take(_ key: Key) -> [Effect] {
    switch key {
    case .control("c"): return stop()
    case .control("z"): return [.suspend]
    case .control("l"): return [.repaint]
    case .character("?"), .function(1): showsHelp.toggle()
    case .character("q"), .escape, .enter:
      if showsHelp { showsHelp = false } else if key == .character("q") { return stop() }
    default: break
    }
    return []
  }

  private mutating func stop() -> [Effect] {
    isStopping = true
    return [.quit]
  }
}
