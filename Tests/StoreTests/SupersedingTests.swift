import Foundation
import GRDB
import Radiology
import Testing

@testable import Store

@Suite("An older version of a report never follows a newer one")
struct SupersedingTests {
  let store: Store
  let pacs = Route(destination: "pacs", formats: [.sr])
  let ward = Route(
    destination: "ward", formats: [.text, .sr], states: [.preliminary, .final, .addendum])
  let rule = RetryRule(firstWait: 10, longestWait: 60, patience: 3600)

  init() throws {
    store = try Store()
    try store.save(intake())
  }

  @Test("a route that is widened later brings no old version after the newer one that went")
  func widened() throws {
    try signTwice()
    try store.route([Route(destination: "pacs", formats: [.sr], states: [.addendum])], at: noon + 2)
    try deliver(version: 2, at: noon + 2)
    #expect(try store.route([pacs], at: noon + 3) == 1)
    #expect(try store.nextDelivery(to: "pacs", at: noon + 9_999) == nil)
    #expect(try states() == [1: .superseded, 2: .delivered])
    #expect(try store.outbox([.superseded]).first?.reason?.contains("newer version") == true)
  }

  @Test("a route that is widened while the newer one waits brings the older one first")
  func widenedInTime() throws {
    try signTwice()
    try store.route([Route(destination: "pacs", formats: [.sr], states: [.addendum])], at: noon + 2)
    try store.route([pacs], at: noon + 3)
    // The older one has the larger number.
    #expect(
      try store.outbox().sorted { $0.number < $1.number }.map(\.version) == [2, 1])
    try deliver(version: 1, at: noon + 4)
    try deliver(version: 2, at: noon + 4)
  }

  @Test(
    "while the newer one is being sent, or nobody knows whether it is there, the older one is over",
    arguments: [true, false])
  func widenedInDoubt(isSending: Bool) throws {
    try signTwice()
    try store.route([Route(destination: "pacs", formats: [.sr], states: [.addendum])], at: noon + 2)
    let newer = try #require(try store.nextDelivery(to: "pacs", at: noon + 2))
    if !isSending {
      try store.noteFailed(newer, DeliveryProblem(.silent, "?"), under: rule, at: noon + 2)
    }
    try store.route([pacs], at: noon + 3)
    #expect(try states() == [1: .superseded, 2: isSending ? .sending : .waiting])
  }

  @Test("a dead letter is not sent again while a newer version waits in doubt; it is superseded")
  func retried() throws {
    try signTwice()
    try store.route([pacs], at: noon + 2)
    let older = try #require(try store.nextDelivery(to: "pacs", at: noon + 2))
    try store.noteFailed(older, DeliveryProblem(.refused, "No."), under: rule, at: noon + 2)
    let newer = try #require(try store.nextDelivery(to: "pacs", at: noon + 3))
    try store.noteFailed(newer, DeliveryProblem(.silent, "?"), under: rule, at: noon + 3)
    let refused = try store.sendAgain([older.number], by: "admin", at: noon + 4)
    #expect(refused[older.number]?.contains("must not follow") == true)
    #expect(try states() == [1: .superseded, 2: .waiting])
    #expect(try store.nextDelivery(to: "pacs", at: noon + 9_999)?.number == newer.number)
  }

  @Test("two dead letters that never got there go again together, in their order")
  func together() throws {
    try signTwice()
    try store.route([pacs], at: noon + 2)
    for version in 1...2 {
      let item = try #require(try store.nextDelivery(to: "pacs", at: noon + 2))
      #expect(item.version == version)
      try store.noteFailed(item, DeliveryProblem(.refused, "No."), under: rule, at: noon + 2)
    }
    let dead = try store.outbox([.dead]).map(\.number)
    #expect(try store.sendAgain(dead, by: "admin", at: noon + 3).isEmpty)
    try deliver(version: 1, at: noon + 3)
    try deliver(version: 2, at: noon + 3)
  }

  @Test("a version that was asked for again while the newer one went gives way when its turn comes")
  func race() throws {
    try signTwice()
    try store.route([pacs], at: noon + 2)
    let older = try #require(try store.nextDelivery(to: "pacs", at: noon + 2))
    try store.noteFailed(older, DeliveryProblem(.refused, "No."), under: rule, at: noon + 2)
    let newer = try #require(try store.nextDelivery(to: "pacs", at: noon + 2))
    // As if the older one had been asked for before the newer one was taken.
    try store.write {
      try $0.execute(
        sql: "UPDATE outbox SET state = 'waiting' WHERE number = ?", arguments: [older.number])
    }
    #expect(try store.nextDelivery(to: "pacs", at: noon + 9_999) == nil)
    #expect(try states() == [1: .superseded, 2: .sending])
    try store.noteDelivered(newer, isVerified: true, at: noon + 3)
  }

  @Test("preliminary reports that were not sent give way to the final one at once")
  func preliminary() throws {
    let given = try store.givePreliminary(report(), review: review(), by: "Dr Osei", at: noon)
    try store.route([ward], at: noon)
    #expect(try store.outbox().map(\.isPreliminary) == [true, true])
    try store.sign(report(), review: given.review, by: "Dr Osei", at: noon + 1)
    try store.route([ward], at: noon + 1)
    #expect(try store.outbox([.superseded]).count == 2)
    #expect(try store.nextDelivery(to: "ward", at: noon + 1)?.isPreliminary == false)
  }

  @Test(
    "a preliminary report whose sending fails after the final one was signed holds it up no longer",
    arguments: [DeliveryProblem.Code.unreachable, .failed, .silent, .refused, nil])
  func preliminaryFails(code: DeliveryProblem.Code?) throws {
    let given = try store.givePreliminary(report(), review: review(), by: "Dr Osei", at: noon)
    let route = Route(destination: "ward", formats: [.text], states: [.preliminary, .final])
    try store.route([route], at: noon)
    let sending = try #require(try store.nextDelivery(to: "ward", at: noon))
    try store.sign(report(), review: given.review, by: "Dr Osei", at: noon + 1)
    try store.route([route], at: noon + 1)
    // What is being sent is waited for, as the two must not cross on the way.
    #expect(try store.nextDelivery(to: "ward", at: noon + 1) == nil)
    if let code {
      let state = try store.noteFailed(
        sending, DeliveryProblem(code, "It failed."), under: rule, at: noon + 2)
      #expect(state == .superseded)
    } else {
      try store.giveBack(sending, at: noon + 2)
    }
    let over = try store.outboxItem(sending.number)
    #expect(over.state == .superseded && over.code == nil)
    // Whether it got there is still not known where it was not.
    #expect(over.isUncertain == (code == nil || code == .silent))
    #expect(try store.nextDelivery(to: "ward", at: noon + 9_999)?.isPreliminary == false)
  }

  @Test("what a dead program was sending of a preliminary report is not sent after the final one")
  func preliminaryLeft() throws {
    let given = try store.givePreliminary(report(), review: review(), by: "Dr Osei", at: noon)
    let route = Route(destination: "ward", formats: [.text], states: [.preliminary, .final])
    try store.route([route], at: noon)
    #expect(try store.nextDelivery(to: "ward", at: noon) != nil)
    try store.write { try $0.execute(sql: "UPDATE outbox SET process = 'no 1 2'") }
    try store.sign(report(), review: given.review, by: "Dr Osei", at: noon + 1)
    try store.route([route], at: noon + 1)
    #expect(try store.nextDelivery(to: "ward", at: noon + 1)?.isPreliminary == false)
    #expect(try store.outbox([.superseded]).map(\.isPreliminary) == [true])
  }

  @Test("what this session could not note the end of is given back, and counts as uncertain")
  func leftovers() throws {
    try store.sign(report(), review: review(), by: "Dr Osei", at: noon)
    try store.route([pacs, ward], at: noon)
    let item = try #require(try store.nextDelivery(to: "pacs", at: noon))
    let other = try #require(try store.nextDelivery(to: "ward", at: noon))
    try store.giveBackLeftovers(to: "pacs", at: noon + 1)
    #expect(try store.outboxItem(item.number).state == .waiting)
    #expect(try store.outboxItem(item.number).isUncertain)
    #expect(try store.outboxItem(other.number).state == .sending)
    #expect(try store.nextDelivery(to: "pacs", at: noon + 1)?.attempts == 2)
  }

  @Test("a version that was given and is gone is said in the log, and holds up no other")
  func gone() throws {
    try store.sign(report(), review: review(), by: "Dr Osei", at: noon)
    try store.write { try $0.execute(sql: "INSERT INTO unrouted VALUES ('9.9.9', 3, 0)") }
    #expect(try store.route([pacs], at: noon) == 1)
    let event = try #require(try store.audit().first { $0.kind == .failed })
    #expect(event.study == "9.9.9" && event.detail.contains("Version 3 was given"))
    #expect(try store.deliveryBacklog().count == 1)
    try store.route([pacs], at: noon)
    #expect(try store.audit().count { $0.kind == .failed } == 1)
  }

  private func signTwice() throws {
    let first = try store.sign(report(), review: review(), by: "Dr Osei", at: noon)
    try store.sign(addendum(to: first, "More."), review: review(), by: "Dr Osei", at: noon + 1)
  }

  private func deliver(version: Int, at date: Date) throws {
    let item = try #require(try store.nextDelivery(to: "pacs", at: date))
    #expect(item.version == version)
    try store.noteDelivered(item, isVerified: true, at: date)
  }

  private func states() throws -> [Int: OutboxItem.State] {
    Dictionary(uniqueKeysWithValues: try store.outbox().map { ($0.version, $0.state) })
  }
}
