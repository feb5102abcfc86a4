import Radiology

/// What was to be saved and is not known to be safe, so that leaving a study loses none of it.
struct UnsavedWork: Sendable {
  private struct Entry<Value: Sendable>: Sendable {
    var value: Value
    /// How often it was sent and not answered yet.
    var awaited = 0
    /// The last answer was a failure.
    var hasFailed = false
  }

  private var words: [Study.ID: Entry<Report>] = [:]
  private var decisions: [Study.ID: Entry<Review>] = [:]

  /// Takes note of what is being saved.
  mutating func note(_ effects: [Effect]) {
    for effect in effects {
      switch effect {
      case .saveDraft(let report): Self.send(report, of: report.study, in: &words)
      case .saveReview(let review): Self.send(review, of: review.study, in: &decisions)
      default: break
      }
    }
  }

  mutating func noteSaved(_ saved: Message.Saved, _ study: Study.ID) {
    switch saved {
    case .draft: Self.answer(isSaved: true, of: study, in: &words)
    case .review: Self.answer(isSaved: true, of: study, in: &decisions)
    }
  }

  mutating func noteFailed(_ action: FailedAction) {
    switch action {
    case .saveDraft(let study): Self.answer(isSaved: false, of: study, in: &words)
    case .saveReview(let study): Self.answer(isSaved: false, of: study, in: &decisions)
    // Somebody else has it: what was written is set aside, or has no place any more.
    case .lookAgain(let study): forget(study)
    default: break
    }
  }

  /// It is signed, or decided anew.
  mutating func forget(_ study: Study.ID) {
    words[study] = nil
    decisions[study] = nil
  }

  /// The reader's words that could not be saved.
  func words(of study: Study.ID) -> Report? {
    words[study].flatMap { $0.hasFailed ? $0.value : nil }
  }

  /// The reader's decisions that could not be saved.
  func decisions(of study: Study.ID) -> Review? {
    decisions[study].flatMap { $0.hasFailed ? $0.value : nil }
  }

  mutating func forgetDecisions(of study: Study.ID) { decisions[study] = nil }

  /// Studies of which something would be lost now.
  var studies: Set<Study.ID> {
    Set(words.filter(\.value.hasFailed).keys).union(decisions.filter(\.value.hasFailed).keys)
  }

  private static func send<Value>(
    _ value: Value, of study: Study.ID, in entries: inout [Study.ID: Entry<Value>]
  ) {
    entries[study, default: Entry(value: value)].value = value
    entries[study]?.awaited += 1
  }

  /// Answers come in the order in which things were sent.
  private static func answer<Value>(
    isSaved: Bool, of study: Study.ID, in entries: inout [Study.ID: Entry<Value>]
  ) {
    guard var entry = entries[study] else { return }
    entry.awaited -= 1
    entry.hasFailed = !isSaved
    entries[study] = isSaved && entry.awaited <= 0 ? nil : entry
  }
}
