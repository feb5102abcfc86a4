import Foundation
import Radiology
import Testing

@Suite struct RetryRuleTests {
  @Test("waits double up to the cap, and no two documents come back at the same moment")
  func waits() {
    let rule = RetryRule(firstWait: 2, longestWait: 60)
    for attempts in 1...80 {
      let whole = min(60, 2 * pow(2, Double(attempts - 1)))
      let waits = (1...50).map { rule.wait(after: attempts, of: $0) }
      #expect(waits.allSatisfy { $0 >= whole / 2 && $0 <= whole })
      #expect(Set(waits).count == waits.count)
    }
  }

  @Test("it is given up after its time, or after so many attempts")
  func givingUp() {
    let start = Date(timeIntervalSinceReferenceDate: 0)
    let rule = RetryRule(patience: 100, attempts: 3)
    #expect(!rule.givesUp(after: 2, since: start, at: start + 99))
    #expect(rule.givesUp(after: 2, since: start, at: start + 100))
    #expect(rule.givesUp(after: 3, since: start, at: start))
  }

  @Test("every problem says what a person can do, and none is final that passes by itself")
  func codes() {
    for code in DeliveryProblem.Code.allCases {
      #expect(code.remedy.hasSuffix(".") || code.remedy.contains("secondlook"))
      #expect(!(code.isFinal && code.concernsDestination))
      #expect(!(code.isFinal && code.leavesDoubt))
    }
  }
}
