import Foundation
import Radiology
import Testing

@testable import Agent

@Suite("The agent's log")
struct AgentLogTests {
  @Test("two who write into it count on from each other, also into the next file")
  func shared() throws {
    let site = try Site()
    let (agent, node) = (AgentLog(home: site.home), AgentLog(home: site.home))
    let long = String(repeating: "x", count: 4000)
    for place in 0..<400 {
      (place % 3 == 0 ? node : agent).append(.info, actor: "test", text: "\(place) \(long)")
    }
    let all = LogQuery(.oldest, LogFilter(parsing: ""), limit: 1000)
    let numbers = AgentLog.entries(all, home: site.home).map(\.number)
    #expect(numbers.count > 200)
    #expect(numbers == Array((401 - numbers.count)...400))
  }
}
