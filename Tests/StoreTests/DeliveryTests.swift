import Foundation
import Radiology
import Store
import Testing

@Suite struct DeliveryTests {
  let store: Store
  init() throws {
    store = try Store()
    try store.save(intake())
  }

  @Test("each signed version waits for each destination until it got there")
  func outbox() throws {
    #expect(try store.undelivered(to: "pacs").isEmpty)
    try store.saveDraft(report())
    #expect(try store.undelivered(to: "pacs").isEmpty)
    let first = try store.sign(report(), review: review(), by: "Dr Osei", at: noon)
    let second = try store.sign(
      addendum(to: first, "More."), review: review(), by: "Dr Osei", at: noon + 1)
    #expect(try store.undelivered(to: "pacs") == [first, second])
    try deliver(first)
    #expect(try store.undelivered(to: "pacs") == [second])
    #expect(try store.undelivered(to: "ehr") == [first, second])
  }

  @Test("delivering twice is noted once")
  func twice() throws {
    let signed = try store.sign(report(), review: review(), by: "Dr Osei", at: noon)
    try deliver(signed)
    try deliver(signed)
    #expect(try store.deliveries(of: "1.2.3").map(\.fileName) == ["1.dcm"])
    #expect(try store.audit().count { $0.kind == .delivered } == 1)
  }

  @Test("what is not signed cannot have been delivered")
  func unsigned() throws {
    try store.saveDraft(report())
    #expect(throws: StoreError.notFound) { try deliver(report()) }
    var forged = report()
    forged.version = 7
    forged.signed = noon
    #expect(throws: StoreError.notFound) { try deliver(forged) }
  }

  private func deliver(_ report: Report) throws {
    try store.markDelivered(
      report, to: "pacs", fileName: "1.dcm", digest: "abcdef", at: noon + 9)
  }
}
