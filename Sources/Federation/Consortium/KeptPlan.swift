import Foundation

/// An option of the rounds that says something else than it did.
public struct ChangedOption: Sendable, Equatable {
  /// As a person gives it, without the dashes.
  public let name: String
  /// What it said before, and what it says now; none where it was left out.
  public let before: String?
  public let now: String?
}

/// What the rounds of a folder were begun with, in a file beside them, to hold a later start against.
struct KeptPlan: Sendable, Equatable {
  /// Which options say how long and how often, and nothing of what is learned or believed.
  private static let mayChange: Set = ["rounds", "quorum-wait", "round-wait", "quarantine"]

  /// By name; one that was left out is not there.
  let options: [String: String]

  init(_ plan: ConsortiumPlan) {
    var options = [
      "strategy": plan.strategy, "rounds": "\(plan.rounds)", "steps": "\(plan.work.steps)",
      "batch": "\(plan.work.batch)", "learning-rate": "\(plan.work.learningRate)",
      "seed": "\(plan.work.seed)", "quorum": "\(plan.waits.quorum)",
      "quorum-wait": Self.seconds(plan.waits.forQuorum),
      "round-wait": Self.seconds(plan.waits.forRound),
      "quarantine": "\(plan.doubt.quarantine)",
    ]
    if plan.work.proximal > 0 { options["proximal-mu"] = "\(plan.work.proximal)" }
    switch plan.combination {
    case .mean(let strategy):
      if strategy.momentum > 0 {
        options["strategy"] = "fedavg"
        options["momentum"] = "\(strategy.momentum)"
      }
    case .serverAdam(let rate): options["server-rate"] = "\(rate)"
    case .multiKrum(let liars): options["liars"] = "\(liars)"
    case .median: break
    }
    options["clip"] = plan.privacy.map { "\($0.clip)" }
    options["noise"] = plan.privacy?.noise.map { "\($0)" }
    options[UpdateBits.setting] = plan.updateBits.map { "\($0.rawValue)" }
    options["longest-change"] = plan.doubt.longestChange.map { "\($0)" }
    self.options = options
  }

  private static func seconds(_ duration: Duration) -> String {
    let (seconds, rest) = duration.components
    return rest == 0 ? "\(seconds)" : "\(duration / .seconds(1))"
  }

  /// What the rounds of a folder were begun with; none if nothing is kept.
  ///
  /// - Throws: ``ConsortiumError/damaged(place:reason:)``.
  init?(from folder: ConsortiumFolder) throws(ConsortiumError) {
    let place = folder.planFile
    guard FileManager.default.fileExists(atPath: place.path) else { return nil }
    guard let data = try? Data(contentsOf: place),
      let options = try? JSONDecoder().decode([String: String].self, from: data)
    else { throw .damaged(place: place.path, reason: "it holds no options") }
    self.options = options
  }

  func save(in folder: ConsortiumFolder) throws(ConsortiumError) {
    try WholeFile.write(Array((CanonicalJSON.text(options) + "\n").utf8), to: folder.planFile)
  }

  /// What differs from the plan that the rounds of a folder were begun with, and may.
  ///
  /// Before a round has ended everything may: nothing was learned as yet.
  /// - Throws: ``ConsortiumError/otherPlan(_:folder:)`` for what would make them other rounds,
  ///   ``ConsortiumError/planUnusable(_:)`` for fewer than there were.
  func changes(in folder: ConsortiumFolder) throws(ConsortiumError) -> [ChangedOption] {
    guard let ended = try Checkpoint.lastRound(in: folder),
      let before = try KeptPlan(from: folder)
    else { return [] }
    let names = Set(options.keys).union(before.options.keys).sorted()
    let changes = names.compactMap { name in
      options[name] == before.options[name]
        ? nil : ChangedOption(name: name, before: before.options[name], now: options[name])
    }
    guard ended > 0 else { return changes }
    let forbidden = changes.filter { !Self.mayChange.contains($0.name) }
    guard forbidden.isEmpty else { throw .otherPlan(forbidden, folder: folder.place.path) }
    if let rounds = options["rounds"].flatMap({ Int($0) }), rounds < ended {
      throw .planUnusable("\(ended) rounds have ended already, so --rounds is at least \(ended).")
    }
    return changes
  }
}

extension ChangedOption: CustomStringConvertible {
  public var description: String {
    switch (before, now) {
    case (let before?, let now?): "--\(name) was \(before) and is \(now) now"
    case (let before?, nil): "--\(name) was \(before) and is left out now"
    case (nil, let now): "--\(name) was left out and is \(now ?? "left out") now"
    }
  }
}
