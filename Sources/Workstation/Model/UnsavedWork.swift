import Radiology

/// What was to be saved and is not known to be safe, so that leaving a study loses none of it.
struct UnsavedWork: Sendable {
  private struct Entry<Value: Sendable>: Sendable {
    var value: Value
    /// How often it was sent and not answered yet.
    var awaited = 0
    /// The last answer was a failure.
    var hasFailed = false

    var failed: Value? { hasFailed ? value : nil }
  }

  private var words: [Study.ID: Entry<Report>] = [:]
  /// Words without a place in the report, which the store is to keep apart.
  private var apart: [Study.ID: Entry<Report>] = [:]
  private var decisions: [Study.ID: Entry<Review>] = [:]
  private var rows: [Study.ID: WorklistRow] = [:]

  /// Takes note of what is being saved; the row is that of the study it was written in.
  mutating func note(_ effects: [Effect], of row: WorklistRow?) {
    for effect in effects {
      let study: Study.ID
      switch effect {
      case .saveDraft(let report):
        study = report.study
        Self.send(report, of: study, in: &words)
      case .saveReview(let review):
        study = review.study
        Self.send(review, of: study, in: &decisions)
      case .setAside(let report):
        study = report.study
        words[study] = nil
        Self.send(report, of: study, in: &apart)
      default: continue
      }
      if row?.id == study { rows[study] = row }
    }
  }

  mutating func noteSaved(_ saved: Message.Saved, _ study: Study.ID) {
    switch saved {
    case .draft: Self.answer(isSaved: true, of: study, in: &words)
    case .review: Self.answer(isSaved: true, of: study, in: &decisions)
    case .apart: Self.answer(isSaved: true, of: study, in: &apart)
    }
    // A day's studies would gather here.
    if words[study] == nil, apart[study] == nil, decisions[study] == nil { rows[study] = nil }
  }

  /// Takes note of a failure.
  ///
  /// - Returns: words of a study that somebody else has decided or signed; they have no place in it
  ///   any more and are to be kept apart.
  mutating func noteFailed(_ action: FailedAction) -> Report? {
    switch action {
    case .saveDraft(let study): Self.answer(isSaved: false, of: study, in: &words)
    case .saveReview(let study): Self.answer(isSaved: false, of: study, in: &decisions)
    case .setAside(let study): Self.answer(isSaved: false, of: study, in: &apart)
    case .lookAgain(let study):
      let left = words[study]?.value
      passOn(study)
      return left
    default: break
    }
    return nil
  }

  /// The study is another's: what was decided has no place in it, and words are kept apart.
  mutating func passOn(_ study: Study.ID) {
    words[study] = nil
    decisions[study] = nil
  }

  /// The study is signed.
  mutating func forget(_ study: Study.ID) {
    passOn(study)
    apart[study] = nil
    rows[study] = nil
  }

  /// The reader's words that could not be saved, or not be kept apart.
  func words(of study: Study.ID) -> Report? { (words[study] ?? apart[study]).flatMap(\.failed) }

  /// The reader's decisions that could not be saved.
  func decisions(of study: Study.ID) -> Review? { decisions[study].flatMap(\.failed) }

  mutating func forgetDecisions(of study: Study.ID) { decisions[study] = nil }

  /// Studies of which something would be lost now.
  var studies: Set<Study.ID> {
    Set([words, apart].flatMap { $0.filter { $0.value.hasFailed }.keys })
      .union(decisions.filter(\.value.hasFailed).keys)
  }

  /// A study as it was when something of it was saved last.
  func row(_ study: Study.ID) -> WorklistRow? { rows[study] }

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
