import Radiology
import Terminal

/// Asks a second reader for a call and then for a score of the first reading, or a third reader
/// for the call that holds.
struct ScoreDialog: Sendable, Hashable {
  /// The scores that do not contradict the calls.
  private(set) var scores: [Radpeer] = []
  private(set) var selected = 0
  /// A third reader's choice.
  private(set) var decision: Call?

  var score: Radpeer? { scores.indices.contains(selected) ? scores[selected] : nil }

  /// Offers the scores once the first call is known.
  mutating func compare(_ call: Call, with first: Call) {
    scores = Radpeer.allCases.filter { $0 != .concur || call == first }
    selected = 0
  }

  mutating func decide(_ call: Call) { decision = call }

  mutating func move(by step: Int) {
    guard !scores.isEmpty else { return }
    selected = min(max(0, selected + step), scores.count - 1)
  }

  mutating func select(_ index: Int) {
    if scores.indices.contains(index) { selected = index }
  }

  /// Goes to the first score of a level.
  mutating func select(level: Int) {
    if let index = scores.firstIndex(where: { $0.level == level }) { selected = index }
  }

  /// Says whether the discrepancy matters, within the level.
  mutating func select(isGrave: Bool) {
    guard let score,
      let index = scores.firstIndex(where: {
        $0.level == score.level && $0.level > 1 && $0.isGrave == isGrave
      })
    else { return }
    selected = index
  }
}

extension ScoreDialog {
  static let commands: [Command] = [
    Command(
      "second-normal", [.character("n")], "normal", help: "Your call of a second look: normal",
      in: [.scoring], unless: { $0.secondCallObstacle }
    ) { workstation, _ in workstation.callSecond(.normal) },
    Command(
      "second-suspicious", [.character("s")], "suspicious",
      help: "Your call of a second look: suspicious", in: [.scoring],
      unless: { $0.secondCallObstacle }
    ) { workstation, _ in workstation.callSecond(.suspicious) },
    Command(
      "record-second-look", [.enter], "record",
      help: "Record the score, or as a third reader the decision", in: [.scoring],
      unless: { $0.recordingObstacle }
    ) { workstation, _ in workstation.recordSecondLook() },
    Command(
      "score-level", (1...4).map { .character(Character("\($0)")) }, "score",
      help: "RADPEER 1 concur, 2 not ordinarily expected, 3 most of the time, 4 almost always",
      in: [.scoring], keyText: "1…4"
    ) { workstation, call in
      guard case .character(let digit)? = call.key, let level = digit.wholeNumberValue else {
        return []
      }
      return workstation.changeScore { $0.select(level: level) }
    },
    Command(
      "unlikely-significant", [.character("a")], "", help: "Unlikely to be significant",
      in: [.scoring]
    ) { workstation, _ in workstation.changeScore { $0.select(isGrave: false) } },
    Command(
      "likely-significant", [.character("b")], "", help: "Likely to be significant",
      in: [.scoring]
    ) { workstation, _ in workstation.changeScore { $0.select(isGrave: true) } },
    Command(
      "score-down", [.down, .character("j")], "", help: "The next score", in: [.scoring]
    ) { workstation, _ in workstation.changeScore { $0.move(by: 1) } },
    Command(
      "score-up", [.up, .character("k")], "", help: "The score before", in: [.scoring]
    ) { workstation, _ in workstation.changeScore { $0.move(by: -1) } },
    Command(
      "leave-scoring", [.escape, .character("q")], "back",
      help: "Back to the image; nothing is recorded, and a call that was made stands",
      in: [.scoring], keyText: "Esc"
    ) { workstation, _ in
      workstation.overlays.removeLast()
      return []
    },
    Command(
      "show-first-read", [.character("V")], "",
      help: "Second look: show the first reading before your own call; it is recorded", in: .study,
      isGlobal: true,
      unless: {
        $0.options.obstacle(.decide)
          ?? ($0.study?.isBlind == true ? nil : "nothing is hidden here")
      }
    ) { workstation, _ in
      workstation.study?.revealFirst()
      workstation.notices.hint = "The first reading is shown; yours is no longer blind"
      return workstation.withStudy { _, _ in }
    },
    Command(
      "close-second-look", [], "", help: "Take the study out of the second looks, with a reason",
      in: [], argument: "REASON", isGlobal: true, unless: { $0.closingObstacle }
    ) { workstation, call in
      guard let id = workstation.secondLookAtHand else { return [] }
      guard !call.argument.isEmpty else {
        workstation.notices.hint = "Say why: :close-second-look REASON"
        return []
      }
      return [.closeSecondLook(id, reason: call.argument)]
    },
  ]
}
