/// What the workstation has to tell the reader besides the screens.
struct Notices: Sendable, Hashable {
  /// Something that went wrong and is not mended yet.
  struct Failure: Sendable, Hashable {
    let action: FailedAction
    var sentence: String
    var count: Int
  }

  /// Why the last key did nothing, or what it did; gone with the next key.
  var hint: String?
  /// The oldest first; each stays until it is mended or put away.
  private(set) var failures: [Failure] = []

  /// Repeats are counted, not stacked.
  mutating func fail(_ action: FailedAction, _ sentence: String) {
    if let index = failures.firstIndex(where: { $0.action == action }) {
      failures[index].count += 1
      failures[index].sentence = sentence
    } else {
      failures.append(Failure(action: action, sentence: sentence, count: 1))
    }
  }

  /// The action went well after all.
  mutating func mend(_ action: FailedAction) { failures.removeAll { $0.action == action } }

  mutating func dismiss() { if !failures.isEmpty { failures.removeLast() } }

  /// The line above the footer: what failed, how often, and what is safe.
  var line: String? {
    guard let failure = failures.last else { return nil }
    let times = failure.count > 1 ? " (\(failure.count)×)" : ""
    let more = failures.count > 1 ? "  +\(failures.count - 1) more" : ""
    let safe = failure.action.whatIsSafe
    let what = failure.action.whatFailed + failure.sentence
    return "✖ \(what)\(times)\(safe.isEmpty ? "" : " \(safe)")\(more)"
  }
}

extension FailedAction {
  /// What is missing now, where the sentence of the store does not say it.
  fileprivate var whatFailed: String {
    switch self {
    case .saveDraft: "Draft not saved. "
    case .saveReview: "Decisions not saved. "
    case .sign: "Not signed. "
    case .givePreliminary: "Not let out. "
    default: ""
    }
  }

  /// What the reader need not worry about.
  var whatIsSafe: String {
    switch self {
    case .saveDraft: "Your text is kept in memory."
    case .saveReview: "Your decisions are kept in memory."
    case .setAside: "Your text is kept in memory."
    case .lookAgain: "Trying again opens it anew."
    case .secondLook: "The signed report is as it was."
    case .export: "The signed report is in the store."
    case .loadWorklist: "The list shown is the last one read."
    case .importFiles: "Nothing already stored is lost."
    case .loadBatch: "Nothing was signed."
    case .sign, .givePreliminary, .loadImage, .openStudy, .saveScreen, .background, .loadVersions,
      .loadDocuments, .templates:
      ""
    }
  }
}
