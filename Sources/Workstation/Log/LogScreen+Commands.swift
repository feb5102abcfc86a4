import Radiology
import Terminal

extension LogScreen {
  static let commands: [Command] = [
    Command(
      "go-log", [.character("l")], "log", help: "What was done, by whom, and what failed",
      in: [.go], isGlobal: true
    ) { workstation, _ in workstation.goAside(.log) },
    Command(
      "follow-log", [.character("f")], "follow",
      help: "Keep the newest entry in view, or stop doing so", in: [.log]
    ) { workstation, _ in
      workstation.log.toggleFollowing().map { [.loadLog($0)] } ?? []
    },
    Command(
      "filter-log", [.character("/")], "filter",
      help: "Filter: level:warning kind:signed words", in: [.log], argument: "FILTER"
    ) { workstation, call in
      guard call.argument.isEmpty else {
        return [.loadLog(workstation.log.setFilter(TextLine(call.argument)))]
      }
      workstation.log.isFiltering = true
      return []
    },
    Command(
      "log-level", [.character("v")], "level",
      help: "Show all, then warnings and errors, then errors only", in: [.log]
    ) { workstation, _ in
      let next: LogEntry.Level =
        switch workstation.log.filter.level {
        case .debug, .info: .warning
        case .warning: .error
        case .error: .debug
        }
      return [.loadLog(workstation.log.setFilter(workstation.log.filterLine.with(level: next)))]
    },
    Command(
      "log-move",
      Direction.keys.filter { ![.left, .right].contains(Direction(Command.Call(key: $0))) },
      "", help: "Down to older entries and up to newer ones", in: [.log], keyText: "j k ↓ ↑",
      argument: "up|down"
    ) { workstation, call in workstation.moveInLog(by: Int(Direction(call)?.step.y ?? 1)) },
    Command(
      "log-page-down", [.pageDown, .control("d"), .character(" ")], "", help: "Down a page",
      in: [.log]
    ) { workstation, _ in workstation.moveInLog(by: max(1, workstation.logLines - 1)) },
    Command("log-page-up", [.pageUp, .control("u")], "", help: "Up a page", in: [.log]) {
      workstation, _ in workstation.moveInLog(by: -max(1, workstation.logLines - 1))
    },
    Command(
      "keep-log-filter", [.enter, .tab, .down], "keep filter",
      help: "Keep the filter and go back to the log", in: [.logFilter]
    ) { workstation, _ in
      workstation.log.isFiltering = false
      return []
    },
    Command(
      "clear-log-filter", [.escape], "clear filter", help: "Show all entries again",
      in: [.logFilter]
    ) { workstation, _ in
      workstation.log.isFiltering = false
      return [.loadLog(workstation.log.setFilter(TextLine()))]
    },
  ]
}

extension TextLine {
  /// The line with another word for the level, or with none where all levels are wanted.
  fileprivate func with(level: LogEntry.Level) -> TextLine {
    let rest = text.split(separator: " ").filter { !$0.hasPrefix("level:") }.map(String.init)
    return TextLine(
      ((level == .debug ? [] : ["level:\(level.rawValue)"]) + rest)
        .joined(separator: " "))
  }
}

extension Workstation {
  /// How many entries are seen at once.
  var logLines: Int { max(1, body(of: bounds).height - 5) }

  mutating func moveInLog(by steps: Int) -> [Effect] {
    log.move(by: steps, height: logLines).map { [.loadLog($0)] } ?? []
  }

  mutating func take(_ page: LogPage) -> [Effect] {
    notices.mend(.background("log"))
    log.take(page, height: logLines)
    return []
  }
}
