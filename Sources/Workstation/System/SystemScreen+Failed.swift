import Radiology
import Terminal

// Going to a study that could not be read, and asking for it once more.
extension SystemScreen {
  static let failedCommands: [Command] = [
    Command(
      "next-failed", [.character("n")], "next failed", help: "The next study that failed",
      in: [.system], unless: { $0.failedObstacle }
    ) { workstation, _ in workstation.selectFailed(1) },
    Command(
      "previous-failed", [.character("N")], "", help: "The study before that failed",
      in: [.system], unless: { $0.failedObstacle }
    ) { workstation, _ in workstation.selectFailed(-1) },
    Command(
      "read-again", [.character("t")], "try again",
      help: "Have the agent read the selected failed study once more", in: [.system],
      unless: { $0.options.obstacle(.takeIn) ?? $0.readAgainObstacle }
    ) { workstation, _ in
      guard let failed = workstation.selectedFailed else { return [] }
      let agent =
        workstation.status.agent?.isRunning == true
        ? "the agent reads it" : "an agent has to run for it: \(SystemStatus.AgentState.start)"
      workstation.notices.hint = "Asking for \(sanitized(failed.label)) to be read again; \(agent)"
      return [.readAgain(failed.id)]
    },
  ]
}

extension Workstation {
  /// The failed study under the cursor; none once it is no longer among those that failed.
  var selectedFailed: FailedStudy? {
    status.failedStudies.first { $0.id == system.selected }
  }

  fileprivate var failedObstacle: String? {
    status.failedStudies.isEmpty ? "no study has failed" : nil
  }

  fileprivate var readAgainObstacle: String? {
    guard let failed = selectedFailed else {
      return failedObstacle
        ?? "no failed study is selected; \(keymap.key("next-failed")) goes to one"
    }
    return failed.isAskedAgain ? "that was asked already; the agent reads it next" : nil
  }

  fileprivate mutating func selectFailed(_ steps: Int) -> [Effect] {
    system.selected = status.failedStudy(steps, from: selectedFailed?.id)
    system.reveal(lines: selectedLines, height: asideHeight)
    return []
  }

  /// Which lines of the screen beside the reading are about what is selected there.
  var selectedLines: Range<Int> {
    aside == .system ? status.selectedLines(asideSetting) : 0..<1
  }
}
