import Radiology
import Terminal

// Reading first: the reader calls a study before the model's answer is shown, and the review keeps
// what they called it. Whoever sees an answer first leans on it, right or wrong (Bernstein et al.,
// European Radiology 2023).

extension Workstation {
  static let readFirstCommand = Command(
    "read-first", [.character("R")], "",
    help: "Hide the model's answer until you have called the study, or show it",
    in: Set.study.union([.worklist]), isGlobal: true
  ) { workstation, _ in workstation.toggleReadFirst() }

  /// Whether a study of the list is shown without what the model made of it.
  ///
  /// Nor do the order of the list, its counts and its filters tell it: a study stands by its
  /// clinical priority and its age, as it would without a model.
  func hidesAnswer(of row: WorklistRow) -> Bool {
    readsFirst && row.isJudged && !row.state.isSigned && row.review?.knowsTheAnswer != true
      && (study.map { $0.id != row.id || $0.hidesAnswer } ?? true)
  }

  private mutating func toggleReadFirst() -> [Effect] {
    worklist.setReadsFirst(!readsFirst, now: now)
    log.hidesAnswers = readsFirst
    revealCursor()
    notices.hint =
      readsFirst
      ? "The answer is hidden, and out of the order, until you call; "
        + "\(keymap.key("read-first")) shows it"
      : "The model's answer is shown at once"
    let isSeen = study.map { !$0.hidesAnswer && !$0.isSigned } ?? false
    if readsFirst, isSeen { notices.hint = "Hidden from the next study on: this answer was seen" }
    // What a filter of the log has found in an answer would tell it.
    var effects: [Effect] = aside == .log ? [.loadLog(log.jump(to: .newest))] : []
    if !readsFirst, study?.hidesAnswer == true {
      effects += withStudy(isUndo: true) { [template = options.template] study, context in
        study.show(answerAfter: nil)
        study.work.follow(
          study.open, review: study.work.review, template: template, at: context.now)
      }
    }
    return effects + saveScreen()
  }
}

extension StudyScreen {
  /// Shows the model's answer, and remembers what was called before it was.
  mutating func show(answerAfter call: Call?) {
    guard hidesAnswer else { return }
    // Taking back a call that was never made says nothing of the study.
    if let call { work.review.firstCall = call }
    hidesAnswer = false
    if current == nil { current = findings.first?.id }
  }
}

extension Review {
  /// The reader has seen what the model found, or has called the study without it.
  var knowsTheAnswer: Bool {
    call != nil || firstCall != nil
      || findings.contains { $0.origin == .model && $0.state != .open }
  }
}

extension WorklistRow {
  /// A model has called the study; a refusal to judge is no answer that could be leaned on.
  var isJudged: Bool { triage?.probability != nil }
}

extension Verdict {
  /// Stands where a class would.
  static let withheld = Span("▒ hidden until called", style: .muted)
}

extension WorklistColumn {
  /// What stands in a column that would tell the model's answer.
  var withheld: Span? {
    switch self {
    case .verdict, .shortVerdict: Span("▒ hidden", style: .muted)
    case .probability, .predictiveValue, .regions: Span("–", style: .muted)
    default: nil
    }
  }
}
