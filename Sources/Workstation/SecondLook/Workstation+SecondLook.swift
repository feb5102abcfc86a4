import Radiology

extension Workstation {
  /// Why the open study takes no second reading from this reader.
  var secondLookObstacle: String? {
    if let obstacle = options.obstacle(.decide) ?? StudyScreen.noStudy(self) { return obstacle }
    guard let study, study.second != nil else { return "no second look is wanted of you here" }
    if study.isOvertaken { return "somebody else changed it; \(keymap.key("retry")) opens it anew" }
    return study.isSigning ? "it is being recorded" : nil
  }

  mutating func openScoring() -> [Effect] {
    var dialog = ScoreDialog()
    if let second = study?.second, let call = second.call {
      dialog.compare(call, with: second.look.firstCall)
    }
    overlays.append(.scoring(dialog))
    return []
  }

  var secondCallObstacle: String? {
    guard let second = study?.second, second.look.state == .waiting, second.call != nil else {
      return secondLookObstacle
    }
    return "your call stands; choose a score"
  }

  var recordingObstacle: String? {
    if let obstacle = secondLookObstacle { return obstacle }
    guard case .scoring(let dialog)? = overlays.last else { return "nothing is being scored" }
    guard dialog.score == nil && dialog.decision == nil else { return nil }
    let keys = "\(keymap.key("second-normal")) or \(keymap.key("second-suspicious"))"
    return "\(keys) calls the study first"
  }

  /// Takes the reader's own call; after it the first reading is shown.
  mutating func callSecond(_ call: Call) -> [Effect] {
    guard let second = study?.second else { return [] }
    guard second.look.state == .waiting else { return changeScore { $0.decide(call) } }
    study?.second?.make(call)
    study?.revealFirst()
    return changeScore { $0.compare(call, with: second.look.firstCall) } + withStudy { _, _ in }
  }

  mutating func changeScore(_ body: (inout ScoreDialog) -> Void) -> [Effect] {
    guard case .scoring(var dialog)? = overlays.last else { return [] }
    body(&dialog)
    overlays[overlays.count - 1] = .scoring(dialog)
    return []
  }

  mutating func recordSecondLook() -> [Effect] {
    guard case .scoring(let dialog)? = overlays.last, let study, let second = study.second else {
      return []
    }
    overlays.removeLast()
    self.study?.isSigning = true
    notices.hint = "Recording…"
    if let decision = dialog.decision {
      return [
        .saveDecision(
          SecondLook.Decision(reader: options.reader, call: decision, at: now), of: study.id)
      ]
    }
    guard let score = dialog.score, let call = second.call else { return [] }
    return [
      .saveReading(
        SecondLook.Reading(
          reader: options.reader, call: call, score: score, isBlind: second.isBlind, at: now),
        of: study.id)
    ]
  }

  /// A second look has come a step further: back to the list.
  mutating func take(_ look: SecondLook) -> [Effect] {
    notices.mend(.secondLook(look.study))
    let effects = study?.id == look.study ? closeStudy() : [.loadWorklist]
    notices.hint = "✓ Recorded. \(look.nextStep)"
    return effects + saveScreen()
  }

  /// The study whose second look would be closed: the open one, else the selected one.
  var secondLookAtHand: Study.ID? {
    if let study { return study.open.secondLook?.state.isOpen == true ? study.id : nil }
    guard let row = worklist.selectedRow, row.secondLook?.isOpen == true else { return nil }
    return row.id
  }

  var closingObstacle: String? {
    if let obstacle = options.obstacle(.decide) { return obstacle }
    return secondLookAtHand == nil ? "no second look waits here" : nil
  }
}
