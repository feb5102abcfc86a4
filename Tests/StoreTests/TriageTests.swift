import Foundation
import GRDB
import Radiology
import Testing

@testable import Store

@Suite struct TriageTests {
  let store: Store
  init() throws {
    store = try Store()
    try store.save(intake())
  }

  @Test("the newest result is the one shown, findings and all")
  func newest() throws {
    let second = triage(findings: [try finding("R1"), try finding("R2")], model: "m2")
    try store.save(triage())
    try store.save(second)
    #expect(try store.triage(of: "1.2.3") == second)
    #expect(try store.row("1.2.3")?.triage == second)
    let refused = Triage(
      study: "1.2.3", refused: .undetermined("No chest"), model: nil, made: noon)
    try store.save(refused)
    #expect(try store.triage(of: "1.2.3") == refused)
  }

  @Test("a result for no study is refused and leaves no trace in the log")
  func unknown() throws {
    let log = try store.audit()
    #expect(throws: StoreError.notFound) { try store.save(triage("9.9")) }
    #expect(try store.audit() == log)
  }

  @Test("the untriaged come by priority, then by how long they wait, no more than asked for")
  func order() throws {
    try store.save(intake("1.3", priority: .stat, arrived: noon + 9))
    try store.save(intake("1.4", priority: .urgent, arrived: noon + 5))
    try store.save(intake("1.5", arrived: noon - 5))
    #expect(try store.untriaged().map(\.uid) == ["1.3", "1.4", "1.5", "1.2.3"])
    #expect(try store.untriaged(limit: 2).map(\.uid) == ["1.3", "1.4"])
    try store.save(triage("1.3"))
    #expect(try store.untriaged().map(\.uid) == ["1.4", "1.5", "1.2.3"])
  }

  @Test("a new model asks for a new look, once")
  func newModel() throws {
    try store.save(triage(model: "m1"))
    #expect(try store.untriaged(by: "m1").isEmpty)
    #expect(try store.untriaged(by: "m2").count == 1)
    try store.save(triage(model: "m2"))
    #expect(try store.untriaged(by: "m2").isEmpty)
  }

  @Test("a refusal that names no model does not come again until another model is active")
  func refusal() throws {
    try store.save(model("m1", state: .active))
    try store.save(
      Triage(study: "1.2.3", refused: .failed("It is truncated"), model: nil, made: noon))
    #expect(try store.untriaged(by: "m1").isEmpty)
    try store.save(model("m2", state: .active))
    #expect(try store.untriaged(by: "m2").count == 1)
  }

  @Test("another readable image asks for a new look, an unreadable one does not")
  func laterImage() throws {
    try store.save(triage())
    let unreadable = intake(images: 2, refusal: "It is truncated")
    try store.save(
      Store.Intake(
        patient: unreadable.patient, study: unreadable.study, series: unreadable.series,
        instances: [unreadable.instances[1]]))
    #expect(try store.untriaged().isEmpty)
    try store.save(intake(images: 3))
    #expect(try store.untriaged().count == 1)
  }

  @Test("the same look by the same model is stored once, however many processes looked")
  func once() throws {
    #expect(try store.save(triage()))
    #expect(try !store.save(triage(probability: 0.8)))
    #expect(try store.triage(of: "1.2.3") == triage())
    #expect(try store.audit().count { $0.kind == .triaged } == 1)
    #expect(try store.save(triage(model: "m2")))
    #expect(try store.save(triage(model: "m1")))
  }

  @Test("an image that arrives while a study is looked at asks for another look")
  func arrivedMeanwhile() throws {
    let look = Store.Look(model: nil, images: 1)
    try store.save(intake(images: 2))
    try store.save(triage(), after: look)
    #expect(try store.untriaged().count == 1)
    #expect(try store.save(triage(), after: Store.Look(model: nil, images: 2)))
    #expect(try store.untriaged().isEmpty)
  }

  @Test("a model that is promoted while a study is looked at still gets to look")
  func promotedMeanwhile() throws {
    try store.save(model("m1", state: .active))
    try store.save(model("m2", state: .active))
    try store.save(triage(model: "m1"), after: Store.Look(model: "m1", images: 1))
    #expect(try store.untriaged(by: "m2").count == 1)
    try store.save(triage(model: "m1"), after: Store.Look(model: "m2", images: 1))
    #expect(try store.untriaged(by: "m2").count == 1)
  }

  @Test("who asks what to triage does not go through all studies, signed or not")
  func unsignedOnly() throws {
    let plan = try store.read { database in
      try Row.fetchAll(
        database, sql: "EXPLAIN QUERY PLAN SELECT study.* \(Store.untriaged)",
        arguments: ["now": 0, "model": "m1"]
      ).map { $0["detail"] as String }
    }
    #expect(plan.contains { $0.contains("entry_open") })
    #expect(!plan.contains { $0.hasPrefix("SCAN study") }, "\(plan)")
  }

  @Test("a signed study is not triaged again")
  func signed() throws {
    try store.save(triage())
    try store.sign(report(), review: review(), by: "Dr Osei", at: noon)
    #expect(try store.untriaged(by: "m2").isEmpty)
  }
}
