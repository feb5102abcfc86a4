import Foundation
import Radiology
import Terminal

/// Lines that are read and scrolled over: the system screen and the sync screen.
struct SystemScreen: Sendable, Hashable {
  /// The first line shown.
  private(set) var first = 0
  /// What the cursor is on; nothing until something is gone to.
  var selected: SystemStatus.Concern? { didSet { doubted = nil } }
  /// The document of a doubtful patient that was asked about.
  private var doubted: OutboxItem?
  /// The task that was asked about once.
  private var asked: LearningTask.ID?
  /// What was asked about a model once.
  private var doubtedDecision: ModelDecision?

  /// Whether a document is sent again at this key: one whose patient is in doubt at the second.
  mutating func confirms(_ item: OutboxItem) -> Bool {
    let isConfirmed = item.code != .patientChanged || doubted == item
    doubted = isConfirmed ? nil : item
    return isConfirmed
  }

  /// Whether a task is approved at this key: at the second that is about the same one.
  mutating func confirms(_ task: LearningTask) -> Bool {
    let isConfirmed = asked == task.id
    asked = isConfirmed ? nil : task.id
    return isConfirmed
  }

  /// Whether a decision about a model counts at this key: at the second for the same one.
  mutating func confirms(_ decision: ModelDecision) -> Bool {
    let isConfirmed = doubtedDecision == decision
    doubtedDecision = isConfirmed ? nil : decision
    return isConfirmed
  }

  mutating func scroll(by lines: Int) {
    let (sum, overflow) = first.addingReportingOverflow(lines)
    first = overflow ? (lines > 0 ? 100_000 : 0) : min(max(0, sum), 100_000)
  }

  /// Scrolls as far as it takes to see lines, the first of them whatever happens.
  mutating func reveal(lines: Range<Int>, height: Int) {
    first = max(0, min(max(first, lines.upperBound - height), lines.lowerBound))
  }

  mutating func limit(to lines: Int, height: Int) { first = min(first, max(0, lines - height)) }

  static let commands: [Command] =
    [
      Command(
        "scroll",
        Direction.keys.filter { ![.left, .right].contains(Direction(Command.Call(key: $0))) },
        "scroll", help: "Down and up", in: .lines, keyText: "↓↑", argument: "up|down"
      ) { workstation, call in
        workstation.scrollLines(by: Int(Direction(call)?.step.y ?? 1))
      },
      Command(
        "scroll-page", [.pageDown, .control("d"), .character(" ")], "", help: "Down a page",
        in: .lines
      ) { workstation, _ in workstation.scrollLines(by: 10) },
      Command("scroll-back", [.pageUp, .control("u")], "", help: "Up a page", in: .lines) {
        workstation, _ in workstation.scrollLines(by: -10)
      },
      Command(
        "go-system", [.character("s")], "system",
        help: "Agent, stages, receiver, archives, senders, disk", in: [.go], isGlobal: true
      ) { workstation, _ in workstation.goAside(.system) },
      Command(
        "go-sync", [.character("y")], "sync",
        help: "Rounds, peers, models with their lineage, and what left the building", in: [.go],
        isGlobal: true
      ) { workstation, _ in workstation.goAside(.sync) },
    ] + concernCommands + federationCommands + modelCommands

  func draw(
    _ lines: [[Span]], title: String, asOf: String, cursor: Int = 0,
    choices: [Range<Int>] = [], on canvas: inout Canvas, in body: Rect
  ) {
    canvas.box(body, title: title, trailing: asOf, titleStyle: .title)
    let inside = body.inset(dx: 2, dy: 1)
    let first = min(first, max(0, lines.count - inside.height))
    canvas.clipped(to: inside) { canvas in
      for (index, line) in lines.dropFirst(first).prefix(inside.height).enumerated() {
        canvas.draw(line, at: Position(inside.x, inside.y + index), maxWidth: inside.width)
      }
      for (choice, lines) in choices.enumerated() {
        canvas.noteChoice(
          choice,
          on: Rect(
            x: body.x, y: inside.y + lines.lowerBound - first, width: body.width,
            height: lines.count))
      }
    }
    // On what is selected while that is seen, else where reading begins.
    let line = (0..<inside.height).contains(cursor - first) ? cursor - first : 0
    canvas.cursor = inside.isEmpty ? nil : Position(inside.x, inside.y + line)
  }
}

extension Set<Place> {
  /// Where lines are scrolled over.
  static let lines: Set = [.system, .sync]
}

extension Workstation {
  /// What the status says on the screen beside the reading.
  var asideLines: [[Span]] {
    switch aside {
    case .sync: status.syncLines(asideSetting)
    default: status.lines(asideSetting)
    }
  }

  var asideSetting: SystemStatus.Setting {
    SystemStatus.Setting(
      now: now, zone: options.timeZone, width: max(1, bounds.width - 4), selected: system.selected)
  }

  /// How many of the lines are seen at once.
  var asideHeight: Int { max(1, body(of: bounds).height - 2) }

  /// What is shown was read a while ago: the screen says so instead of looking fresh.
  var statusAge: String {
    guard let asOf = status.asOf, now.timeIntervalSince(asOf) > 60 else { return "" }
    return "▲ as of \(ClockText.moment(asOf, now: now, in: options.timeZone))"
  }

  mutating func scrollLines(by lines: Int) -> [Effect] {
    system.scroll(by: lines)
    system.limit(to: asideLines.count, height: asideHeight)
    return []
  }
}
