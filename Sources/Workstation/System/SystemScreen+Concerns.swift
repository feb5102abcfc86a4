import Radiology
import Terminal

// Going to what could not be read or delivered, and asking for it once more.
extension SystemScreen {
  static let concernCommands: [Command] = [
    Command(
      "next-failed", [.character("n")], "next failed",
      help: "Next failed study or document", in: [.system],
      unless: { $0.noConcern }
    ) { workstation, _ in workstation.selectConcern(1) },
    Command(
      "previous-failed", [.character("N")], "", help: "The failed study or document before",
      in: [.system], unless: { $0.noConcern }
    ) { workstation, _ in workstation.selectConcern(-1) },
    Command(
      "try-again", [.character("t")], "try again",
      help: "Have the agent read the selected study, or send the selected document, once more",
      in: [.system],
      unless: { $0.options.obstacle(.takeIn) ?? $0.tryingAgainObstacle }
    ) { workstation, _ in workstation.tryAgain() },
    Command(
      "send-all-again", [], "",
      help: "Send all given-up documents again, but a doubtful patient's",
      in: [], isGlobal: true,
      unless: { $0.options.obstacle(.takeIn) }
    ) { workstation, _ in
      workstation.notices.hint = "Asking for all of them to be sent again"
      return [.sendAgain(nil)]
    },
  ]
}

extension Workstation {
  /// The failed study under the cursor; none once it is no longer among those that failed.
  var selectedFailed: FailedStudy? {
    status.failedStudies.first { system.selected == .study($0.id) }
  }

  /// The document under the cursor; none once it is no longer given up.
  var selectedLetter: SystemStatus.DeadLetter? {
    status.deadLetters.first { system.selected == .document($0.item.number) }
  }

  fileprivate var noConcern: String? {
    status.concerns.isEmpty ? "no study has failed, no document was given up" : nil
  }

  fileprivate var tryingAgainObstacle: String? {
    if selectedLetter != nil { return nil }
    guard let failed = selectedFailed else {
      return noConcern
        ?? "nothing that failed is selected; \(keymap.key("next-failed")) goes to one"
    }
    return failed.isAskedAgain ? "that was asked already; the agent reads it next" : nil
  }

  mutating func select(_ concern: SystemStatus.Concern?) {
    system.selected = concern
    system.reveal(lines: selectedLines, height: asideHeight)
  }

  fileprivate mutating func selectConcern(_ steps: Int) -> [Effect] {
    let isThere = selectedFailed != nil || selectedLetter != nil
    select(status.concern(steps, from: isThere ? system.selected : nil))
    return []
  }

  fileprivate mutating func tryAgain() -> [Effect] {
    let isRunning = status.agent?.isRunning == true
    func hint(_ words: String, _ act: String) -> String {
      let agent =
        isRunning
        ? "the agent \(act) it" : "an agent has to run for it: \(SystemStatus.AgentState.start)"
      return "Asking for \(words) again; \(agent)"
    }
    if let failed = selectedFailed {
      notices.hint = hint("\(sanitized(failed.label)) to be read", "reads")
      return [.readAgain(failed.id)]
    }
    guard let item = selectedLetter?.item else { return [] }
    guard system.confirms(item) else {
      notices.hint =
        "Its patient may be another one: see whose images these are. "
        + "\(keymap.key("try-again")) again sends it as it is"
      return []
    }
    notices.hint = hint("document \(item.number) to be sent", "sends")
    return [.sendAgain([item.number], settlingDoubts: item.code == .patientChanged)]
  }

  /// Which lines of the screen beside the reading are about what is selected there.
  var selectedLines: Range<Int> {
    aside == .system ? status.selectedLines(asideSetting) : 0..<1
  }
}
