import Foundation
import Radiology
import Terminal

/// Signing several studies that the model ruled out, each by its own guard and signature.
struct BatchDialog: Sendable, Hashable {
  /// The most studies of one confirmation: more is not looked through.
  static let limit = 200

  enum Outcome: Sendable, Hashable {
    case asked
    case signed
    case failed(String)
  }

  let candidates: [Candidate]
  var typed = TextLine()
  /// The first candidate shown.
  var first = 0
  /// What became of those that were confirmed; empty until then.
  var outcomes: [Study.ID: Outcome] = [:]

  var eligible: [Candidate] { candidates.filter { $0.obstacle == nil } }
  var hasBegun: Bool { !outcomes.isEmpty }
  var isDone: Bool { hasBegun && !outcomes.values.contains(.asked) }
  var isTypedRight: Bool {
    typed.text.trimmingCharacters(in: .whitespaces) == "\(eligible.count)"
  }

  static let commands: [Command] = [
    Command(
      "sign-marked", [.character("S")], "", help: "Sign the marked studies that are ruled out",
      in: [.worklist],
      unless: { $0.batchObstacle }
    ) { workstation, _ in
      workstation.notices.hint = "Looking at \(workstation.worklist.marked.count) marked studies…"
      return [.loadBatch(workstation.worklist.marked.sorted())]
    },
    Command(
      "confirm-batch", [.enter], "sign all",
      help: "Sign those listed with ✓, once the count is right",
      in: [.batch]
    ) { workstation, _ in workstation.confirmBatch() },
    Command(
      "batch-on", [.down, .pageDown], "scroll", help: "Further down the list", in: [.batch],
      keyText: "↓↑"
    ) { workstation, call in workstation.changeBatch { $0.first += call.key == .down ? 1 : 10 } },
    Command("batch-back", [.up, .pageUp], "", help: "Back up the list", in: [.batch]) {
      workstation, call in workstation.changeBatch { $0.first -= call.key == .up ? 1 : 10 }
    },
    Command(
      "leave-batch", [.escape], "back", help: "Back; what is being signed is signed", in: [.batch]
    ) { workstation, _ in
      workstation.overlays.removeLast()
      return [.loadWorklist]
    },
  ]
}

extension Workstation {
  /// Why the marked studies cannot be signed together now.
  var batchObstacle: String? {
    if let obstacle = options.obstacle(.decide) { return obstacle }
    if readsFirst { return "you read before the model's answer is shown" }
    let count = worklist.marked.count
    if count == 0 { return "no study is marked; \(keymap.key("mark")) marks" }
    return count > BatchDialog.limit ? "more than \(BatchDialog.limit) studies are marked" : nil
  }

  /// Lists the marked studies, each with what its guard says.
  mutating func askAbout(_ studies: [OpenStudy]) -> [Effect] {
    notices.mend(.loadBatch)
    // The reader may have gone elsewhere, or begun to read before the answer, since it was asked for.
    guard place == .worklist, !readsFirst else { return [] }
    guard !studies.isEmpty else {
      notices.hint = "The marked studies are gone"
      return [.loadWorklist]
    }
    notices.hint = nil
    tell(templateFlaws: studies[0].templateFlaws)
    let candidates = studies.map { BatchDialog.Candidate($0, by: options, at: now) }
    overlays.append(
      .batch(
        BatchDialog(
          candidates: candidates.filter { $0.obstacle == nil }
            + candidates.filter { $0.obstacle != nil })))
    return []
  }

  mutating func changeBatch(_ body: (inout BatchDialog) -> Void) -> [Effect] {
    guard case .batch(var dialog)? = overlays.last else { return [] }
    body(&dialog)
    // Two lines for each; the last page stays full.
    let height = max(1, self.body(of: bounds).height - 6)
    dialog.first = min(max(0, dialog.first), max(0, dialog.candidates.count * 2 - height))
    overlays[overlays.count - 1] = .batch(dialog)
    return []
  }

  /// Each study is signed by itself, once.
  fileprivate mutating func confirmBatch() -> [Effect] {
    guard case .batch(var dialog)? = overlays.last, !dialog.hasBegun else { return [] }
    let eligible = dialog.eligible
    guard !eligible.isEmpty, dialog.isTypedRight else {
      notices.hint =
        eligible.isEmpty ? "None can be signed together" : "Type \(eligible.count) to sign them"
      return []
    }
    for candidate in eligible { dialog.outcomes[candidate.row.id] = .asked }
    overlays[overlays.count - 1] = .batch(dialog)
    return eligible.map { .signUnopened($0.work.report, $0.work.review, over: $0.known) }
  }

  /// Whether a signature was one of the batch on screen, and so is told there.
  mutating func noteInBatch(_ id: Study.ID, _ outcome: BatchDialog.Outcome) -> Bool {
    guard let index = overlays.firstIndex(where: { if case .batch = $0 { true } else { false } }),
      case .batch(var dialog) = overlays[index], dialog.outcomes[id] == .asked
    else { return false }
    dialog.outcomes[id] = outcome
    overlays[index] = .batch(dialog)
    return true
  }
}
