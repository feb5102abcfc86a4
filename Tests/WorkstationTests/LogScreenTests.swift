import Foundation
import Radiology
import Terminal
import Testing

@testable import Workstation

/// A log as the store and the agent would answer for it.
struct LogBook {
  var audit: [LogEntry] = []
  var agent: [LogEntry] = []

  init(_ count: Int) {
    for number in 1...count {
      let kinds = ["opened", "signed", "refused", "failed"]
      let kind = kinds[number % 4]
      let levels: [LogEntry.Level] = [.info, .info, .warning, .error]
      audit.append(
        LogEntry(
          source: .audit, number: number, at: Fixture.now - Double(count - number) * 60,
          level: levels[number % 4], actor: "Dr Osei", kind: kind, text: "Event \(number)",
          study: nil))
      if number % 3 == 0 {
        agent.append(
          LogEntry(
            source: .agent, number: number / 3, at: Fixture.now - Double(count - number) * 60 + 1,
            level: .info, actor: "read", kind: "agent", text: "done, count \(number)"))
      }
    }
  }

  func page(_ query: LogQuery) -> LogPage {
    func part(_ all: [LogEntry]) -> [LogEntry] {
      let shown = all.filter(query.filter.shows)
      return switch query.part {
      case .newest: shown.suffix(query.limit)
      case .oldest: Array(shown.prefix(query.limit))
      case .older(let place):
        shown.filter { $0.number < place[$0.source] }.suffix(query.limit)
      case .newer(let place):
        Array(shown.filter { $0.number > place[$0.source] }.prefix(query.limit))
      }
    }
    return LogPage(
      query, audit: part(audit), agent: part(agent),
      last: LogPlace(audit: audit.last?.number ?? 0, agent: agent.last?.number ?? 0))
  }

  /// Answers what the workstation asks, until it asks no more.
  func answer(_ effects: [Effect], _ workstation: inout Workstation) {
    var effects = effects
    while let next = effects.first(where: { if case .loadLog = $0 { true } else { false } }) {
      guard case .loadLog(let query) = next else { return }
      effects = workstation.update(.log(page(query)))
    }
  }
}

@Suite("The log screen")
struct LogScreenTests {
  private func opened(_ book: LogBook) -> Workstation {
    var workstation = Workstation.onWorklist()
    book.answer(workstation.type("gl"), &workstation)
    return workstation
  }

  @Test("goes from the newest entry to the oldest and back with a window of a few hundred")
  func scrolls() {
    let book = LogBook(5000)
    var workstation = opened(book)
    #expect(workstation.log.selectedEntry?.text == "Event 5000")
    var seen: [LogEntry.ID] = []
    for _ in 0..<6666 {
      if let entry = workstation.log.selectedEntry, seen.last != entry.id { seen.append(entry.id) }
      book.answer(workstation.press(.down), &workstation)
      #expect((workstation.log.entries?.count ?? 0) <= LogScreen.kept)
    }
    // Every entry of both sources once, none twice.
    #expect(Set(seen).count == 5000 + 5000 / 3)
    #expect(seen.count == Set(seen).count)
    #expect(workstation.log.selectedEntry?.text == "Event 1")
    for _ in 0..<6700 { book.answer(workstation.press(.up), &workstation) }
    #expect(workstation.log.selectedEntry?.text == "Event 5000")
  }

  @Test("either end is one key away")
  func ends() {
    let book = LogBook(5000)
    var workstation = opened(book)
    book.answer(workstation.type("G"), &workstation)
    #expect(workstation.log.selectedEntry?.text == "Event 1")
    #expect(!workstation.log.isFollowing)
    book.answer(workstation.type("gg"), &workstation)
    #expect(workstation.log.selectedEntry?.text == "Event 5000")
    #expect(workstation.log.isFollowing)
  }

  @Test("what comes in is followed until the reader goes down to read")
  func follows() {
    var workstation = opened(LogBook(50))
    let later = LogBook(60)
    later.answer(workstation.update(.tick(Fixture.now + 3)), &workstation)
    #expect(workstation.log.selectedEntry?.text == "done, count 60")
    _ = workstation.press(.down)
    let entry = workstation.log.selectedEntry
    #expect(workstation.update(.tick(Fixture.now + 9)).allSatisfy { $0 == .loadStatus } == true)
    #expect(workstation.log.selectedEntry == entry)
    #expect(workstation.nextTick.map { $0 > Fixture.now + 20 } == true)
    later.answer(workstation.type("f"), &workstation)
    #expect(workstation.log.isFollowing)
  }

  @Test("a filter asks the store, and an answer to an older question is let go")
  func filters() {
    let book = LogBook(200)
    var workstation = opened(book)
    workstation.type("/")
    let first = workstation.type("kind:signed")
    // Only the last question counts, whatever comes before.
    for case .loadLog(let query) in first.dropLast() {
      _ = workstation.update(.log(book.page(query)))
    }
    book.answer([first[first.count - 1]], &workstation)
    #expect(workstation.log.entries?.allSatisfy { $0.kind == "signed" } == true)
    #expect(workstation.log.entries?.count == 50)
    book.answer(workstation.press(.escape), &workstation)
    #expect(workstation.log.entries?.count == 200)
    book.answer(workstation.type("v"), &workstation)
    #expect(workstation.log.entries?.allSatisfy { $0.level >= .warning } == true)
  }

  /// What is asked of the store while words are typed into the filter.
  private func asked(_ words: String, _ workstation: inout Workstation) -> [LogQuery] {
    workstation.type("/")
    return workstation.type(words).compactMap {
      if case .loadLog(let query) = $0 { query } else { nil }
    }
  }

  @Test("whoever reads first finds no answer by a filter, at the start and after a change of mind")
  func oracle() {
    let answer = LogEntry(
      source: .audit, number: 1, at: Fixture.now, level: .info, actor: "triage", kind: "triaged",
      text: "suspicious 0.93")
    let words = LogEntry(
      source: .audit, number: 2, at: Fixture.now, level: .info, actor: "Dr Osei", kind: "exported",
      text: "suspicious words of a reader")
    func shown(_ query: LogQuery?) -> [Bool] {
      [answer, words].map { query?.filter.shows($0) ?? true }
    }
    var state = ScreenState()
    state.readsFirst = true
    var workstation = Workstation.onWorklist(Fixture.options(restored: state))
    _ = workstation.type("gl")
    #expect(shown(asked("suspicious", &workstation).last) == [false, true])
    _ = workstation.press(.enter)
    workstation.type(":read-first")
    guard case .loadLog(let query)? = workstation.press(.enter).first else {
      Issue.record("the log is read anew")
      return
    }
    #expect(shown(query) == [true, true])
    #expect(LogFilter(parsing: "triaged").shows(answer))
    var hidden = LogFilter(parsing: "triage")
    hidden.hidesAnswers = true
    #expect(hidden.shows(answer), "that there is an answer is no secret")
  }

  @Test("an empty log, one that waits and one that cannot be read say so")
  func states() {
    var workstation = Workstation.onWorklist()
    let effects = workstation.type("gl")
    #expect(workstation.screen().contains("Reading the log…"))
    _ = workstation.update(.failed(.background("log"), "The store is busy."))
    #expect(workstation.screen().contains("✖ The store is busy."))
    let retried = workstation.press(.function(5))
    #expect(retried.allSatisfy(effects.contains) && !retried.isEmpty)
    guard case .loadLog(let query)? = retried.first else { return }
    _ = workstation.update(
      .log(LogPage(query, audit: [], agent: [], last: LogPlace(audit: 0, agent: 0))))
    #expect(workstation.screen().contains("Nothing has happened yet."))
    #expect(!workstation.screen().contains("busy"))
  }
}
