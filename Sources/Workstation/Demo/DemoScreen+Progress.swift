import Terminal

extension DemoScreen {
  /// What a demo does, in this order.
  enum Stage: Int, Sendable, CaseIterable, Comparable {
    case draw, takeIn, federate, triage, open

    static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }

    var title: String {
      switch self {
      case .draw: "Draw radiographs"
      case .takeIn: "Hospitals take in"
      case .federate: "Learn together"
      case .triage: "Triage new studies"
      case .open: "Worklist opens"
      }
    }

    /// What happens, for somebody who never heard of it.
    var story: String {
      switch self {
      case .draw:
        "A program draws chest radiographs, every second one with something abnormal in it: the "
          + "thick frame. They show nobody."
      case .takeIn:
        "Each hospital takes its own pictures into its own store, where they become lessons. "
          + "There they stay."
      case .federate:
        "Every round, each hospital teaches the same network with its own lessons and sends what "
          + "it became, sealed. A coordinator averages all and sends the mean back."
      case .triage:
        "New studies arrive at the first hospital as DICOM files. What was learned together sorts "
          + "them and marks the regions to see once more."
      case .open: "The worklist opens, the study that matters most first."
      }
    }
  }

  /// The stages of this demo: nothing is drawn where pictures were given.
  var stages: [Stage] { Stage.allCases.filter { $0 != .draw || plan.isSynthetic } }

  func fraction(of stage: Stage) -> Double {
    if stage < self.stage { return 1 }
    guard stage == self.stage else { return 0 }
    switch stage {
    case .draw: return drawn.fraction
    case .takeIn:
      let taken = hospitals.reduce(0) { $0 + $1.takenIn.done }
      let known = hospitals.reduce(0) { $0 + $1.takenIn.total }
      let all = max(drawn.total, known)
      return all > 0 ? min(1, Double(taken) / Double(all)) : 0
    case .federate:
      let turns = hospitals.reduce(0) { $0 + min($1.round, plan.rounds) }
      let all = max(1, hospitals.count) * plan.rounds
      return Double(turns) / Double(max(1, all))
    case .triage: return triaged.fraction
    case .open: return 1
    }
  }

  /// `340 of 490`, `round 12 of 24`.
  func detail(of stage: Stage) -> String {
    let isOver = stage < self.stage
    switch stage {
    case .draw: return drawn.total > 0 ? "\(drawn.done) of \(drawn.total)" : ""
    case .takeIn:
      let taken = hospitals.reduce(0) { $0 + $1.takenIn.done }
      return taken > 0 ? "\(taken) pictures" : ""
    case .federate:
      if isCalibrating, !isOver { return "threshold" }
      return round > 0 ? "round \(round) of \(plan.rounds)" : "\(plan.rounds) rounds"
    case .triage:
      return triaged.total > 0
        ? "\(triaged.done) of \(triaged.total)" : "\(plan.studies) studies"
    case .open: return stage == self.stage ? "now" : ""
    }
  }

  /// Share of all the work by what the stages usually take, in seconds on two processors.
  var estimatedFraction: Double {
    func usual(_ stage: Stage) -> Double {
      switch stage {
      case .draw: 6
      case .takeIn: 3
      case .federate: 1.6 * Double(plan.rounds)
      case .triage: 1 + 0.08 * Double(plan.studies)
      case .open: 0.2
      }
    }
    let all = stages.reduce(0) { $0 + usual($1) }
    let done = stages.reduce(0) { $0 + usual($1) * fraction(of: $1) }
    return done / all
  }

  /// How long it will still take if it goes on at the pace so far; none before that can be told.
  var remaining: Duration? {
    guard elapsed >= .seconds(3), fraction > 0.02, stage < .open else { return nil }
    return elapsed * ((1 - fraction) / fraction)
  }

  /// `0:32`, and `about 40 s left` once that can be told.
  var clockText: String {
    let seconds = Int(elapsed.components.seconds)
    let passed = "\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60)"
    guard let remaining else { return passed }
    let left = Int(remaining.components.seconds)
    switch left {
    case ..<5: return "\(passed) · a few seconds left"
    case ..<90: return "\(passed) · about \((left + 4) / 5 * 5) s left"
    default: return "\(passed) · about \((left + 30) / 60) min left"
    }
  }

  /// The latest score, and of which round it is.
  var latestScore: (round: Int, auroc: Double)? {
    for (index, score) in scores.enumerated().reversed() {
      if let score { return (index + 1, score) }
    }
    return nil
  }

  /// What left all hospitals so far.
  var bytesSent: Int { hospitals.reduce(0) { $0 + $1.bytes } }

  /// The picture to look at now: the latest one, and later each for some seconds.
  var shownPicture: DemoPicture? {
    guard !gallery.isEmpty else { return nil }
    guard stage > .draw else { return gallery.last }
    return gallery[Int(elapsed.components.seconds / 4) % gallery.count]
  }
}
