import Foundation
import Radiology
import Store
import Testing

@Suite("Studies that failed, and reading one again")
struct AgainTests {
  private func failed(_ study: Study.ID, _ reason: String = "It ends early.") -> Triage {
    Triage(study: study, refused: .failed(reason), model: nil, made: noon)
  }

  private func store() throws -> Store {
    let store = try Store()
    try store.save([
      intake("1.1"), intake("1.2", digest: "b"), intake("1.3", digest: "c"),
    ])
    try store.save(failed("1.1"))
    try store.save(triage("1.2"))
    try store.save(failed("1.3", "It has no pixels."))
    return store
  }

  @Test("are told with their reasons, the newest first, and counted beyond what is told")
  func listed() throws {
    let (count, newest) = try store().failedStudies(limit: 1)
    #expect(count == 2)
    #expect(newest.map(\.study) == ["1.3"])
    #expect(newest[0].reason == "It has no pixels." && !newest[0].isAskedAgain)
  }

  @Test("one that is mended, or signed, is among them no more")
  func mended() throws {
    let store = try store()
    try store.save(triage("1.1"), after: .init(model: "m", images: 1))
    #expect(try store.failedStudies(limit: 9).newest.map(\.study) == ["1.3"])
    var report = report("1.3")
    report.acknowledged = ["No picture of this study could be read"]
    try store.sign(report, review: review("1.3"), by: "Dr Osei", at: noon)
    #expect(try store.failedStudies(limit: 9).count == 0)
  }

  @Test("what is asked for is read once more and once only, though it fails again")
  func again() throws {
    let store = try store()
    #expect(try store.untriaged().isEmpty)
    #expect(try store.readAgain(["1.1"], by: "admin", at: noon) == ["1.1"])
    #expect(try store.failedStudies(limit: 9).newest.map(\.isAskedAgain) == [false, true])
    #expect(try store.untriaged().map(\.uid) == ["1.1"])
    #expect(try store.save(failed("1.1")), "the second failure is written down too")
    #expect(try store.untriaged().isEmpty)
    #expect(try store.failedStudies(limit: 9).newest.first?.isAskedAgain == false)
  }

  @Test("is not done to what did not fail, or is not there; asking twice is asking once")
  func refused() throws {
    let store = try store()
    #expect(try store.readAgain(["1.2", "1.9"], by: "admin").isEmpty)
    _ = try store.readAgain(["1.1"], by: "admin")
    #expect(try store.readAgain(["1.1"], by: "admin") == ["1.1"])
    #expect(try store.audit().count { $0.kind == .askedAgain } == 1)
  }
}
