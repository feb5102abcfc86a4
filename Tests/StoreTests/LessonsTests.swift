import Foundation
import Radiology
import Store
import Testing

@Suite struct LessonsTests {
  let store: Store
  init() throws {
    store = try Store()
    try store.save(intake("1.1", patient: "A", consent: .given))
    try store.save(intake("1.2", patient: "A", consent: .given))
    try store.save(intake("1.3", patient: "B"))
  }

  @Test("a lesson comes back whole, and a newer one of its image takes its place")
  func saves() throws {
    let first = try lesson("1.1")
    try store.save(first)
    #expect(try store.lessons() == [first])
    let second = try lesson("1.1", made: noon + 1)
    try store.save(second)
    #expect(try store.lessons() == [second])
  }

  @Test("without consent no lesson is handed out, and none after it is withdrawn")
  func consent() throws {
    try store.save([lesson("1.1"), lesson("1.3")])
    #expect(try store.lessons().map(\.study) == ["1.1"])
    #expect(try store.lessons(consentedOnly: false).count == 2)
    try store.setConsent("1.3", .given, by: "Dr Osei", at: noon)
    try store.setConsent("1.1", .withdrawn, by: "Dr Osei", at: noon)
    #expect(try store.lessons().map(\.study) == ["1.3"])
    #expect(
      try store.audit(limit: 2).map(\.detail) == ["given to withdrawn", "notGiven to given"])
    #expect(throws: StoreError.notFound) { try store.setConsent("9.9", .given, by: "x") }
  }

  @Test("a patient is never in two parts, and the whole batch is refused")
  func parts() throws {
    try store.save(lesson("1.1", part: .test))
    #expect(throws: StoreError.patientInTwoParts) {
      try store.save([lesson("1.3"), lesson("1.2", part: .train)])
    }
    #expect(throws: StoreError.patientInTwoParts) { try store.save(lesson("1.1", part: .train)) }
    #expect(try store.lessons(consentedOnly: false).map(\.study) == ["1.1"])
    try store.save(lesson("1.2", part: .test))
    #expect(try store.lessons(part: .test).count == 2)
    #expect(try store.lessons(part: .train).isEmpty)
    let patient = try #require(try store.study("1.2")?.patient)
    #expect(try store.part(of: patient) == .test)
    #expect(try store.part(of: "nobody") == nil)
  }

  @Test("a lesson of no study is refused")
  func unknown() throws {
    #expect(throws: StoreError.notFound) { try store.save(lesson("9.9")) }
  }

  @Test("a signed study with consent waits for its lesson, and again after an addendum")
  func unlearned() throws {
    func waiting() throws -> [String] { try store.unlearned().map(\.uid) }
    #expect(try waiting().isEmpty)
    let signed = try store.sign(report("1.1"), review: review("1.1"), by: "Dr Osei", at: noon)
    try store.sign(report("1.3"), review: review("1.3"), by: "Dr Osei", at: noon)
    #expect(try waiting() == ["1.1"])
    try store.save(lesson("1.1", made: noon))
    #expect(try waiting().isEmpty)
    try store.sign(
      addendum(to: signed, "More."), review: review("1.1"), by: "Dr Osei", at: noon + 60)
    #expect(try waiting() == ["1.1"])
    try store.save(lesson("1.1", made: noon + 61))
    #expect(try waiting().isEmpty)
  }
}
