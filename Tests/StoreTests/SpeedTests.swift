import Foundation
import Radiology
import Store
import Testing

/// Prints how long a large store takes; `SECONDLOOK_BENCH=1` runs it, nothing is asserted.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["SECONDLOOK_BENCH"] != nil))
struct SpeedTests {
  let home = TemporaryHome()

  @Test("ten thousand studies")
  func large() throws {
    let store = try home.open()
    // Processor time beside the clock's: other work on the machine does not count.
    func print(_ what: String, _ body: () throws -> Void) rethrows {
      let before = clock()
      let time = try ContinuousClock().measure(body)
      let processor = Double(clock() - before) / Double(CLOCKS_PER_SEC)
      Swift.print("store: \(what): \(time), processor \(processor) s")
    }
    let studies = (0..<10_000).map { intake("1.2.\($0)", patient: "\($0)", images: 2) }
    try print("save 1 000 studies, one by one") {
      for study in studies[..<1000] { try store.save(study) }
    }
    try print("save 9 000 studies at once") { try store.save(Array(studies[1000...])) }
    try print("save triages") {
      for number in 0..<10_000 {
        let uid = "1.2.\(number)"
        try store.save(
          triage(
            uid, probability: Double(number % 100) / 100,
            findings: [finding("R1", of: uid), finding("R2", of: uid)]))
      }
    }
    try print("save 2 000 reviews") {
      for number in 0..<2_000 {
        let uid = "1.2.\(number * 5)"
        try store.save(review(uid, findings: [finding(of: uid)]))
      }
    }
    try print("worklist") { _ = try store.worklist() }
    try print("worklist x20") { for _ in 0..<20 { _ = try store.worklist() } }
    try print("row") { _ = try store.row("1.2.77") }
    try print("untriaged, none left") { _ = try store.untriaged(by: "m1") }
    try print("find by suffix") { _ = try store.find("2.9999") }
    try print("version") { _ = try store.version() }
    try print("verify the log") { _ = try store.verifyAudit() }
    let image = Data(count: 8 << 20)
    try print("keep 8 MB") { _ = try store.keep(image) }
    try print("keep 8 MB again") { _ = try store.keep(image) }
  }
}
