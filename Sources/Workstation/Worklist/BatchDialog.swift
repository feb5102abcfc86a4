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
  private(set) var typed = TextLine()
  /// The candidate the cursor is on; none while the field is.
  private(set) var selected: Int?
  /// Candidates the reader has taken out again.
  private(set) var leftOut: Set<Study.ID> = []
  /// The first line shown; each candidate has two.
  private(set) var first = 0
  /// What became of those that were confirmed; empty until then.
  var outcomes: [Study.ID: Outcome] = [:]

  init(candidates: [Candidate]) { self.candidates = candidates }

  /// What the typed count signs.
  var eligible: [Candidate] {
    candidates.filter { $0.obstacle == nil && !leftOut.contains($0.row.id) }
  }
  var hasBegun: Bool { !outcomes.isEmpty }
  var isDone: Bool { hasBegun && !outcomes.values.contains(.asked) }
  var isTypedRight: Bool {
    typed.text.trimmingCharacters(in: .whitespaces) == "\(eligible.count)"
  }

  mutating func type(_ key: Key) -> Bool {
    guard typed.type(key) else { return false }
    selected = nil
    return true
  }

  mutating func insert(_ text: String) {
    selected = nil
    typed.insert(text)
  }

  mutating func select(_ index: Int) {
    if candidates.indices.contains(index) { selected = index }
  }

  /// Through the candidates and the field: a single step goes round, a longer one stops.
  mutating func move(by steps: Int) {
    let place = (selected ?? (steps < 0 ? candidates.count : -1)) + steps
    if abs(steps) == 1 {
      selected = candidates.indices.contains(place) ? place : nil
    } else {
      select(min(max(0, place), candidates.count - 1))
    }
  }

  mutating func scroll(by lines: Int) { first += lines }

  /// Scrolls to the selected candidate; the last page stays full.
  mutating func reveal(height: Int) {
    if let selected { first = max(min(first, selected * 2), selected * 2 + 2 - height) }
    limit(height: height)
  }

  mutating func limit(height: Int) {
    first = min(max(0, first), max(0, candidates.count * 2 - height))
  }

  /// Takes the selected candidate out, or back in; a count that was typed counts no more.
  mutating func toggleSelected() {
    guard let selected, candidates[selected].obstacle == nil else { return }
    let id = candidates[selected].row.id
    if leftOut.remove(id) == nil { leftOut.insert(id) }
    typed = TextLine()
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
      "batch-on", [.down, .tab, .pageDown], "next study", help: "Further down the list",
      in: [.batch], keyText: "↓↑"
    ) { workstation, call in
      workstation.changeBatch { $0.move(by: call.key == .pageDown ? 5 : 1) }
    },
    Command("batch-back", [.up, .backTab, .pageUp], "", help: "Back up the list", in: [.batch]) {
      workstation, call in workstation.changeBatch { $0.move(by: call.key == .pageUp ? -5 : -1) }
    },
    Command(
      "leave-out", [.control("x")], "leave out",
      help: "Take the selected study out of those that are signed, or back in", in: [.batch],
      unless: { $0.leavingOutObstacle }
    ) { workstation, _ in workstation.changeBatch { $0.toggleSelected() } },
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
    let candidates = studies.map {
      BatchDialog.Candidate(
        $0, isUnsaved: unsaved.studies.contains($0.row.id), by: options, at: now)
    }
    overlays.append(
      .batch(
        BatchDialog(
          candidates: candidates.filter { $0.obstacle == nil }
            + candidates.filter { $0.obstacle != nil })))
    return []
  }

  mutating func changeBatch(_ body: (inout BatchDialog) -> Void) -> [Effect] {
    guard case .batch(var dialog)? = overlays.last else { return [] }
    let before = dialog.selected
    body(&dialog)
    let height = max(1, self.body(of: bounds).height - 6)
    // The wheel may leave the selected one behind.
    if dialog.selected != before { dialog.reveal(height: height) }
    dialog.limit(height: height)
    overlays[overlays.count - 1] = .batch(dialog)
    return []
  }

  fileprivate var leavingOutObstacle: String? {
    guard case .batch(let dialog)? = overlays.last else { return nil }
    if dialog.hasBegun { return "what is being signed is signed" }
    guard let selected = dialog.selected else { return "no study is selected; ↓ goes to one" }
    return dialog.candidates[selected].obstacle == nil ? nil : "it is not signed anyway"
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
