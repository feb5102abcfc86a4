import Foundation

// What a crash may take of the reader's words.
extension StudyScreen {
  /// Seconds without a key after which the words are saved.
  static let pause = 0.3
  /// Seconds: whoever types without a pause loses no more than this.
  static let longestUnsaved = 1.0

  /// When the words have to be saved; none while nothing is unsaved, or once saving has failed: a
  /// full disk would be hammered.
  var draftDue: Date? {
    guard hasUnsavedDraft, let lastEdit else { return nil }
    return min(lastEdit + Self.pause, (unsavedSince ?? lastEdit) + Self.longestUnsaved)
  }
}
