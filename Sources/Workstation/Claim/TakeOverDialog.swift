import Radiology
import Terminal

/// Asks why a study is taken from whoever has it open.
struct TakeOverDialog: Sendable, Hashable {
  /// Who has it, and since when.
  let owner: String
  private(set) var reason = TakeOverReason.agreed
  /// What the reader adds to the reason; without it, “another reason” is none.
  private(set) var words = TextLine()
  /// The real cursor is on the reason, which was gone to, and not where words are typed.
  private(set) var isInList = false

  /// More than this is no reason but a letter, and the log keeps it for ever.
  static let longest = 120

  init(owner: String) { self.owner = owner }

  /// What is written into the log; none while it says nothing.
  var sentence: String? {
    let more = String(words.text.prefix(Self.longest)).split(whereSeparator: \.isWhitespace)
      .joined(separator: " ")
    guard reason != .other else { return more.isEmpty ? nil : more }
    return more.isEmpty ? reason.words : "\(reason.words): \(more)"
  }

  mutating func type(_ key: Key) -> Bool {
    guard words.type(key) else { return false }
    isInList = false
    return true
  }

  mutating func insert(_ text: String) {
    words.insert(text)
    isInList = false
  }

  mutating func select(_ reason: TakeOverReason) {
    self.reason = reason
    isInList = true
  }

  /// Through the reasons, round and round.
  mutating func move(by step: Int) {
    let all = TakeOverReason.allCases
    let place = all.firstIndex(of: reason) ?? 0
    select(all[(place + step + all.count) % all.count])
  }

  static let commands: [Command] = [
    Command(
      "take-over", [.character("T")], "take over",
      help: "Take the study from whoever has it open, with a reason", in: .study,
      unless: { $0.takeOverObstacle }
    ) { workstation, _ in
      guard let owner = workstation.study?.open.lockedBy else { return [] }
      workstation.overlays.append(.takingOver(TakeOverDialog(owner: owner)))
      return []
    },
    Command(
      "confirm-taking-over", [.enter], "take over",
      help: "Take it over: the other is told at once and can save no more", in: [.takingOver]
    ) { workstation, _ in workstation.confirmTakingOver() },
    Command(
      "next-reason", [.down, .tab], "next reason", help: "The next reason", in: [.takingOver],
      keyText: "↓"
    ) { workstation, _ in workstation.changeTakeOver { $0.move(by: 1) } },
    Command(
      "previous-reason", [.up, .backTab], "", help: "The reason before", in: [.takingOver]
    ) { workstation, _ in workstation.changeTakeOver { $0.move(by: -1) } },
    Command(
      "leave-it-there", [.escape], "back", help: "Leave it to whoever has it", in: [.takingOver]
    ) { workstation, _ in
      workstation.overlays.removeLast()
      return []
    },
    Command(
      "put-back-words", [], "",
      help: "Put back what you had written when somebody took the study over; undo removes it",
      in: [], isGlobal: true, unless: { $0.puttingBackObstacle }
    ) { workstation, _ in workstation.putBackWords() },
  ]

  func draw(on canvas: inout Canvas, workstation: Workstation) {
    guard let study = workstation.study else { return }
    let body = workstation.body(of: canvas.bounds)
    let width = min(66, body.width)
    let inner = max(1, width - 4)
    var lines: [[Span]] = []
    func add(_ text: String, _ style: Style = .text) {
      lines += wrapped(text, toCells: inner).map { [Span($0, style: style)] }
    }
    add(study.row.identity(isHidden: workstation.hidesNames), .title)
    add("Open by \(sanitized(owner)).", .warning)
    lines.append([])
    let reasons = lines.count
    let chosen = reasons + (TakeOverReason.allCases.firstIndex(of: reason) ?? 0)
    for each in TakeOverReason.allCases {
      lines.append(choiceLine(each.words, isChosen: each == reason))
    }
    lines.append([])
    add(reason == .other ? "Which one? It goes into the log:" : "More for the log, if you like:")
    let field = lines.count
    lines.append([])
    add("No patient's name there. The other reader is told at once.", .muted)
    let rect = body.centred(width: width, height: min(body.height, lines.count + 2))
    let inside = canvas.popup(
      rect, title: Place.takingOver.title, style: .accent, border: .thick
    ).inset(dx: 1, dy: 0)
    // The field stays in view, with as much above it as fits.
    let first = max(0, min(max(0, min(field - inside.height + 1, chosen)), lines.count))
    canvas.clipped(to: inside) { canvas in
      for (index, line) in lines.dropFirst(first).prefix(inside.height).enumerated() {
        canvas.draw(line, at: Position(inside.x, inside.y + index), maxWidth: inside.width)
        canvas.noteChoice(
          first + index - reasons,
          on: Rect(x: inside.x, y: inside.y + index, width: inside.width, height: 1))
      }
    }
    canvas.cursor = Position(inside.x, inside.y + max(0, chosen - first))
    guard field - first < inside.height else { return }
    canvas.textField(
      words.text, caret: words.caret, at: Position(inside.x + 2, inside.y + field - first),
      width: max(1, inner - 4), isFocused: !isInList)
  }
}

extension Workstation {
  fileprivate var takeOverObstacle: String? {
    if let obstacle = options.obstacle(.decide) { return obstacle }
    if let obstacle = StudyScreen.noStudy(self) { return obstacle }
    return study?.open.lockedBy == nil ? "nobody else has the study open" : nil
  }

  mutating func changeTakeOver(_ body: (inout TakeOverDialog) -> Void) -> [Effect] {
    guard case .takingOver(var dialog)? = overlays.last else { return [] }
    body(&dialog)
    overlays[overlays.count - 1] = .takingOver(dialog)
    return []
  }

  fileprivate mutating func confirmTakingOver() -> [Effect] {
    guard case .takingOver(let dialog)? = overlays.last, let study else { return [] }
    guard let sentence = dialog.sentence else {
      notices.hint = "Say why, in a few words"
      return []
    }
    overlays.removeLast()
    opening = study.row
    self.study = nil
    return [.takeOver(study.id, reason: sentence)]
  }
}
