public import Foundation
public import Radiology
public import Store

/// Tries every candidate beside the model that sorts the worklist.
public struct GateStage: Stage {
  public let name = "gate"
  private let store: Store
  private let gate: ModelGate
  private let rules: ModelRules
  private let now: @Sendable () -> Date

  public init(
    store: Store, gate: ModelGate, rules: ModelRules,
    now: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.store = store
    self.gate = gate
    self.rules = rules
    self.now = now
  }

  public func drain() async throws -> Int {
    var done = 0
    var passedOver: [ModelVersion.ID: AgentError] = [:]
    while let candidate = try untried(except: passedOver.keys) {
      let trial: ModelTrial
      do { trial = try await gate.run(candidate) } catch let error as AgentError {
        // It may be this one alone that cannot be used, and what came before it can.
        passedOver[candidate] = error
        continue
      }
      done += 1
      if rules.promotesByItself, trial.verdict == .passed {
        try store.promote(trial.model, despite: nil, by: "gate", at: now())
      }
    }
    if let error = passedOver.values.first { throw error }
    return done
  }

  /// The newest candidate that was not tried beside the model that is active now, or of which more
  /// can be told by now.
  private func untried(
    except passedOver: some Collection<ModelVersion.ID>
  ) throws -> ModelVersion.ID? {
    let candidates = try store.models().filter {
      $0.state == .candidate && !passedOver.contains($0.id)
    }
    guard !candidates.isEmpty, let active = try store.activeModel()?.id else { return nil }
    let trials = try store.trials()
    var lessons: Int?
    for candidate in candidates.reversed() {
      guard let trial = trials[candidate.id], trial.against == active else { return candidate.id }
      guard trial.verdict == .undecided else { continue }
      let known = try lessons ?? store.lessons(part: .test).count
      lessons = known
      // A fifth more, so that a trial is not repeated for every signature.
      if known * 5 >= trial.lessons * 6 + 25 { return candidate.id }
    }
    return nil
  }
}
