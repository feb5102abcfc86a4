import Foundation
import Radiology
import Testing

@testable import Workstation

extension Effect {
  /// What does the same in a shell; none for what only a session can do.
  ///
  /// Every effect has to say so: there is no default.
  fileprivate var subcommand: String? {
    switch self {
    case .loadWorklist: "worklist"
    case .openStudy, .loadPrior, .loadDocuments, .loadVersions: "show"
    case .saveReview: "review"
    case .sign, .signUnopened, .givePreliminary: "sign"
    case .saveReading: "second-look read"
    case .saveDecision: "second-look decide"
    case .closeSecondLook: "second-look close"
    case .export: "export"
    case .importFiles: "import"
    case .loadStatus: "status"
    case .loadLog: "log"
    case .find, .readReport: "find"
    case .readAgain: "retry"
    case .sendAgain: "outbox --retry"
    case .decideTask(_, .refused): "federation refuse"
    case .decideTask: "federation approve"
    case .pauseFederation(let isPaused): isPaused ? "federation pause" : "federation resume"
    case .decideModel(.promote): "model promote"
    case .decideModel(.reject): "model reject"
    case .decideModel(.rollBack): "model rollback"
    case .takeOver, .setAside, .closeStudy, .loadImage, .loadHeat, .loadBatch, .saveDraft,
      .saveScreen,
      .suspend, .repaint, .useTheme, .captureMouse, .quit:
      nil
    }
  }
}

@Suite("The screens in a shell")
struct ShellTests {
  private static let page = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../man/secondlook.1").standardized

  /// The manual's list of screens and of what is done on them.
  private func list() throws -> String {
    let page = try String(contentsOf: Self.page, encoding: .utf8)
    let start = try #require(page.range(of: ".SH SCREENS IN A SHELL\n"))
    return String(page[start.upperBound...].prefix { $0 != "#" }.split(separator: "\n.SH ")[0])
  }

  @Test("whatever changes something is in the manual's list, with its subcommand")
  func actions() throws {
    let list = try list()
    let row = Fixture.rows[0]
    let review = Review(
      study: row.id, reader: "Dr Osei", findings: [], model: nil, started: Fixture.now)
    let report = Report(study: row.id, sections: [], author: "Dr Osei", changed: Fixture.now)
    let effects: [Effect] = [
      .loadWorklist, .openStudy(row.id), .saveReview(review), .sign(report, review),
      .closeSecondLook(row.id, reason: ""), .export(row.id, .text), .importFiles(path: ""),
      .loadStatus, .loadLog(LogQuery(.newest, LogFilter(parsing: ""))), .find("doe"),
      .readReport(row.id), .readAgain(row.id), .sendAgain([1]),
      .decideTask("", .approved), .decideTask("", .refused), .pauseFederation(true),
      .pauseFederation(false), .decideModel(.promote("")), .decideModel(.reject("")),
      .decideModel(.rollBack),
    ]
    for effect in effects {
      let subcommand = try #require(effect.subcommand)
      #expect(list.contains("secondlook \(subcommand)"), "\(subcommand)")
    }
  }

  @Test("what the list names is in the table of commands")
  func names() throws {
    let list = try list()
    let names = [
      "import", "call", "agree", "reject", "new-region", "sign", "addendum", "record-second-look",
      "close-second-look", "export", "try-again", "send-all-again", "approve-task", "refuse-task",
      "pause-federation",
    ]
    for name in names {
      #expect(Command.table.contains { $0.name == name }, "\(name)")
      #expect(list.contains(name), "\(name)")
    }
  }

  @Test("each screen beside the reading is in the list with the keys that lead there")
  func screens() throws {
    let list = try list()
    for command in Keymap.standard.table where command.places == [.go] && command.isGlobal {
      guard !["go-review", "go-edit"].contains(command.name) else { continue }
      #expect(list.contains(", \(command.shownKeys)\""), "\(command.name)")
    }
  }
}
