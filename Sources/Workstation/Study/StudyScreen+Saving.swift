import Foundation

// What a crash may take of the reader's words.
extension StudyScreen {
  /// Seconds without a key after which the words are saved.
  static let pause = 0.3
  /// Seconds: whoever types without a pause loses no more than this.
  static let longestUnsaved = 1.0
  /// Seconds after which words that the store has not confirmed are told as unsaved.
  static let patience = 3.0

  /// When the words have to be saved; none while nothing is unsaved, or once saving has failed: a
  /// full disk would be hammered.
  var draftDue: Date? {
    guard hasUnsavedDraft, let lastEdit else { return nil }
    return min(lastEdit + Self.pause, (unsavedSince ?? lastEdit) + Self.longestUnsaved)
  }

  /// The words are on their way to the store.
  mutating func noteHandedOver(at now: Date) {
    sentDrafts.append(unsavedSince ?? now)
    hasUnsavedDraft = false
    unsavedSince = nil
  }

  /// What was handed over first is safe.
  mutating func noteSaved(at now: Date) {
    draftSaved = now
    isDraftRefused = false
    if !sentDrafts.isEmpty { sentDrafts.removeFirst() }
  }

  /// What was handed over first is not safe.
  ///
  /// A draft is not tried again by the clock, or a full disk would be hammered; one that was to be
  /// signed is saved at once.
  mutating func noteRefused(isTriedAgain: Bool = false) {
    if !sentDrafts.isEmpty { sentDrafts.removeFirst() }
    isDraftRefused = true
    hasUnsavedDraft = true
    unsavedSince = nil
    if !isTriedAgain { lastEdit = nil }
  }

  /// From when on the words are told as unsaved; none while the store has confirmed all of them.
  var isLateFrom: Date? {
    isDraftRefused ? .distantPast : (sentDrafts.first ?? unsavedSince).map { $0 + Self.patience }
  }

  /// Whether the reader is told that words are unsaved.
  ///
  /// They are until the first saving is confirmed, and after one that failed. In between a draft is
  /// saved each second, and two words that take turns in the corner of the eye would say nothing.
  func tellsUnsaved(at now: Date) -> Bool {
    draftSaved == nil && (hasUnsavedDraft || !sentDrafts.isEmpty)
      || isLateFrom.map { $0 <= now } ?? false
  }
}
