import Foundation

// The time as the machine tells it, which may be set while somebody reads.
extension Workstation {
  /// Seconds by which what several threads say of the time may differ.
  private static let jitter = 1.0

  mutating func tick(_ date: Date) -> [Effect] {
    var effects = date < now - Self.jitter ? turnBack(to: date) : []
    now = max(now, date)
    if let due = study?.draftDue, due <= now { effects += saveDraft() }
    if now.timeIntervalSince(lastInput) >= 2 { effects += saveScreen() }
    if worklist.isOverdue(at: now) { effects.append(.loadWorklist) }
    return effects + loadDueAside()
  }

  /// Goes on by a clock that was set back.
  ///
  /// What counts from a moment still to come counts from now, or a draft would be saved no sooner
  /// than that. The list is read anew, as its times are of the other clock.
  private mutating func turnBack(to date: Date) -> [Effect] {
    now = date
    lastInput = min(lastInput, date)
    asideAsked = asideAsked.map { min($0, date) }
    status.asOf = status.asOf.map { min($0, date) }
    study?.turnBack(to: date)
    return [.loadWorklist]
  }
}

extension StudyScreen {
  fileprivate mutating func turnBack(to date: Date) {
    func earlier(_ moment: Date?) -> Date? { moment.map { min($0, date) } }
    lastEdit = earlier(lastEdit)
    unsavedSince = earlier(unsavedSince)
    sentDrafts = sentDrafts.map { min($0, date) }
    draftSaved = earlier(draftSaved)
  }
}
