import Foundation
import Radiology
import Store
import Testing

@Suite("The log in pieces")
struct LogTests {
  private func filled(_ count: Int) throws -> Store {
    let store = try Store()
    for number in 1...count {
      try store.record(
        number % 5 == 0 ? .failed : number % 3 == 0 ? .refused : .opened,
        actor: number % 2 == 0 ? "Dr Osei" : "read", detail: "Event \(number)",
        at: noon + Double(number))
    }
    return store
  }

  @Test("is read from both ends and from any place in between")
  func parts() throws {
    let store = try filled(40)
    func numbers(_ part: LogQuery.Part) throws -> [Int] {
      try store.log(LogQuery(part, limit: 5)).map(\.number)
    }
    let place = LogPlace(audit: 20, agent: 0)
    #expect(try numbers(.newest) == [36, 37, 38, 39, 40])
    #expect(try numbers(.oldest) == [1, 2, 3, 4, 5])
    #expect(try numbers(.older(than: place)) == [15, 16, 17, 18, 19])
    #expect(try numbers(.newer(than: place)) == [21, 22, 23, 24, 25])
    #expect(try store.lastLogNumber() == 40)
  }

  @Test("is filtered by level, kind and words")
  func filters() throws {
    let store = try filled(40)
    func all(_ filter: LogFilter) throws -> [LogEntry] {
      try store.log(LogQuery(.newest, filter, limit: 100))
    }
    #expect(try all(LogFilter(level: .error)).allSatisfy { $0.kind == "failed" })
    #expect(try all(LogFilter(level: .error)).count == 8)
    #expect(Set(try all(LogFilter(level: .warning)).map(\.kind)) == ["failed", "refused"])
    #expect(try all(LogFilter(kinds: ["opened"])).allSatisfy { $0.kind == "opened" })
    #expect(try all(LogFilter(words: "EVENT 17")).map(\.number) == [17])
    #expect(try all(LogFilter(kinds: ["x' OR 1=1"])).isEmpty)
  }

  @Test("where answers are hidden no words of one are found, and those of others are")
  func answers() throws {
    let store = try Store()
    try store.record(.triaged, actor: "triage", detail: "suspicious ä 0.93", at: noon)
    try store.record(.exported, actor: "Dr Osei", detail: "suspicious ä words", at: noon)
    for words in ["suspicious", "0.93", "ä", "triage"] {
      var filter = LogFilter(words: words)
      let open = try store.log(LogQuery(.newest, filter)).map(\.number)
      filter.hidesAnswers = true
      let hidden = try store.log(LogQuery(.newest, filter)).map(\.number)
      #expect(open.contains(1))
      #expect(hidden == (words == "triage" ? open : open.filter { $0 != 1 }), "\(words)")
    }
  }

  @Test("the filter is read as it is typed, and a level nobody knows is a word")
  func typed() {
    let filter = LogFilter(parsing: "level:warning kind:signed kind:failed dr osei")
    #expect(filter == LogFilter(level: .warning, kinds: ["signed", "failed"], words: "dr osei"))
    #expect(LogFilter(parsing: "level:loud").words == "level:loud")
  }
}
