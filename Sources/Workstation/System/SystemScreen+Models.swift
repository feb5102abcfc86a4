import Radiology
import Terminal

// Deciding which model sorts the worklist, from the sync screen.
extension SystemScreen {
  static let modelCommands: [Command] = [
    Command(
      "promote-model", [.character("m")], "promote",
      help: "Let the newest candidate sort the worklist, if it has passed; asks once more",
      in: [.sync], unless: { $0.options.obstacle(.administer) ?? $0.noPassedCandidate }
    ) { workstation, _ in
      guard let candidate = workstation.candidate else { return [] }
      return workstation.decide(
        .promote(candidate.id), "promote-model",
        asking: "\(sanitized(candidate.shortID)) would sort the worklist",
        done:
          "\(sanitized(candidate.shortID)) sorts the worklist; earlier normals are looked at again")
    },
    Command(
      "reject-model", [.character("d")], "decline",
      help: "Keep the newest candidate from ever sorting the worklist; asks once more",
      in: [.sync], unless: { $0.options.obstacle(.administer) ?? $0.noCandidate }
    ) { workstation, _ in
      guard let candidate = workstation.candidate else { return [] }
      return workstation.decide(
        .reject(candidate.id), "reject-model",
        asking: "\(sanitized(candidate.shortID)) would be rejected for good",
        done: "\(sanitized(candidate.shortID)) is rejected; its figures are kept")
    },
    Command(
      "roll-back-model", [.character("u")], "roll back",
      help: "Bring back the model that sorted the worklist before; asks once more",
      in: [.sync], unless: { $0.options.obstacle(.administer) ?? $0.noRetiredModel }
    ) { workstation, _ in
      workstation.decide(
        .rollBack, "roll-back-model", asking: "The model before this one would sort the worklist",
        done: "The model before this one sorts the worklist again")
    },
  ]
}

extension Workstation {
  /// The newest candidate: what is decided about first.
  fileprivate var candidate: ModelVersion? { status.models.first { $0.state == .candidate } }

  fileprivate var noCandidate: String? { candidate == nil ? "there is no candidate" : nil }

  fileprivate var noPassedCandidate: String? {
    guard let candidate else { return "there is no candidate" }
    guard let active = status.model else { return nil }
    guard let trial = status.trials[candidate.id], trial.against == active.id else {
      return "the newest candidate was not tried yet; secondlook model gate tries it"
    }
    return trial.verdict == .passed
      ? nil : "the newest candidate has not passed; see its trial below, or model promote --despite"
  }

  fileprivate var noRetiredModel: String? {
    status.models.contains { $0.state == .retired } ? nil : "no model sorted the worklist before"
  }

  /// A decision counts at the second key.
  fileprivate mutating func decide(
    _ decision: ModelDecision, _ command: String, asking: String, done: String
  ) -> [Effect] {
    guard system.confirms(decision) else {
      notices.hint = "\(asking). \(keymap.key(command)) again confirms"
      return []
    }
    notices.hint = done
    return [.decideModel(decision)]
  }
}
