import Radiology
import Terminal

// Deciding about what a coordinator asks, from the sync screen.
extension SystemScreen {
  static let federationCommands: [Command] = [
    Command(
      "approve-task", [.character("a")], "approve",
      help: "Let the task that waits leave this site, each round; asks once more", in: [.sync],
      unless: { $0.options.obstacle(.administer) ?? $0.noTask }
    ) { workstation, _ in workstation.approveTask() },
    Command(
      "refuse-task", [.character("x")], "refuse", help: "Keep this site out of the task that waits",
      in: [.sync], unless: { $0.options.obstacle(.administer) ?? $0.noTask }
    ) { workstation, _ in
      guard let task = workstation.waitingTask else { return [] }
      workstation.notices.hint = "Task \(task.shortID) is refused; nothing of it leaves"
      return [.decideTask(task.id, .refused)]
    },
    Command(
      "pause-federation", [.character("p")], "pause",
      help: "Stop this site's part in the federation, or go on with it", in: [.sync],
      unless: { $0.options.obstacle(.administer) ?? $0.noSeat }
    ) { workstation, _ in
      let isPaused = workstation.status.federation?.pause != nil
      workstation.notices.hint =
        isPaused ? "The agent takes part again" : "Paused: a round under way is given up"
      return [.pauseFederation(!isPaused)]
    },
  ]
}

extension Workstation {
  /// The task that has waited longest.
  fileprivate var waitingTask: LearningTask? { status.federation?.pending.last }

  fileprivate var noTask: String? { waitingTask == nil ? "no task waits" : nil }

  fileprivate var noSeat: String? {
    status.federation?.seat == nil ? "this site has joined no federation" : nil
  }

  fileprivate mutating func approveTask() -> [Effect] {
    guard let task = waitingTask else { return [] }
    guard system.confirms(task) else {
      notices.hint =
        "\(ByteText.words(task.bytes)) would leave each round. \(keymap.key("approve-task")) again "
        + "approves, \(keymap.key("refuse-task")) refuses"
      return []
    }
    notices.hint = "Task \(task.shortID) is approved"
    return [.decideTask(task.id, .approved)]
  }
}
