import Foundation
import GRDB
import Radiology
import Testing

@testable import Store

@Suite struct OutboxTests {
  let store: Store
  let pacs = Route(destination: "pacs", formats: [.sr])
  let ward = Route(
    destination: "ward", formats: [.text, .sr], states: [.preliminary, .final, .addendum])
  let rule = RetryRule(firstWait: 10, longestWait: 60, patience: 3600)

  init() throws {
    store = try Store()
    try store.save(intake())
  }

  @Test("each version that is given waits once for each destination and form of its route")
  func routing() throws {
    #expect(try store.route([pacs, ward], at: noon) == 0)
    try store.saveDraft(report())
    #expect(try store.route([pacs, ward], at: noon) == 0)
    #expect(try store.deliveryBacklog().count == 0)
    let first = try store.sign(report(), review: review(), by: "Dr Osei", at: noon)
    #expect(try store.deliveryBacklog().count == 1)
    #expect(try store.route([pacs, ward], at: noon + 1) == 3)
    #expect(try store.route([pacs, ward], at: noon + 2) == 0)
    try store.sign(addendum(to: first, "More."), review: review(), by: "Dr Osei", at: noon + 3)
    #expect(try store.route([pacs, ward], at: noon + 4) == 3)
    #expect(try store.deliveryBacklog().count == 2)
    #expect(try store.deliveryBacklog().oldest == noon)
    #expect(try store.outbox().map(\.version) == [1, 1, 1, 2, 2, 2])
  }

  @Test("a new destination gets what was signed before, unless it wants only newer reports")
  func newDestination() throws {
    try store.sign(report(), review: review(), by: "Dr Osei", at: noon)
    #expect(try store.route([pacs], at: noon) == 1)
    let later = Route(destination: "later", formats: [.text], since: noon + 1)
    #expect(try store.route([pacs, later], at: noon) == 0)
    #expect(try store.route([pacs, ward, later], at: noon) == 2)
  }

  @Test("a route takes its states and modalities only, and says why not")
  func obstacles() {
    let route = Route(destination: "x", formats: [.sr], modalities: ["CT"])
    #expect(route.obstacle(.final, of: "CT", given: noon) == nil)
    #expect(route.obstacle(.preliminary, of: "CT", given: noon)?.contains("preliminary") == true)
    #expect(route.obstacle(.final, of: "DX", given: noon)?.contains("no DX, only CT") == true)
  }

  @Test("what one program sends no other one sends, and what a dead one left is sent again")
  func lease() throws {
    try signed()
    let item = try #require(try store.nextDelivery(to: "pacs", at: noon))
    #expect((item.state, item.attempts, item.isUncertain) == (.sending, 1, false))
    #expect(try store.nextDelivery(to: "pacs", at: noon + 9_999) == nil)
    #expect(try store.nextDelivery(to: "ward", at: noon) != nil)
    // The program that sent it is gone.
    try store.write { try $0.execute(sql: "UPDATE outbox SET process = 'no 1 2'") }
    let again = try #require(try store.nextDelivery(to: "pacs", at: noon + 1))
    #expect((again.number, again.attempts, again.isUncertain) == (item.number, 2, true))
    #expect(try store.noteDelivered(again, isVerified: true, at: noon + 2))
    #expect(try store.outboxItem(item.number).state == .delivered)
    #expect(try store.nextDelivery(to: "pacs", at: noon + 3) == nil)
  }

  @Test("whoever lost an item to another program changes nothing of it any more")
  func lost() throws {
    try signed()
    let item = try #require(try store.nextDelivery(to: "pacs", at: noon))
    try store.write { try $0.execute(sql: "UPDATE outbox SET session = 'other'") }
    #expect(try store.noteDelivered(item, isVerified: true, at: noon) == false)
    #expect(
      try store.noteFailed(item, DeliveryProblem(.busy, "Busy."), under: rule, at: noon) == nil)
    try store.giveBack(item, at: noon)
    #expect(try store.outboxItem(item.number).state == .sending)
  }

  @Test("a process that runs is told from one that does not and from one with its number")
  func processes() {
    #expect(ProcessMark.own.isRunning)
    let parts = ProcessMark.own.text.split(separator: " ")
    #expect(!ProcessMark(text: "\(parts[0]) \(parts[1]) 1").isRunning)
    #expect(!ProcessMark(text: "another-boot \(parts[1]) \(parts[2])").isRunning)
    #expect(!ProcessMark(text: "").isRunning)
  }

  @Test("a failure is tried again ever later, up to a cap, and given up in the end")
  func backOff() throws {
    try signed()
    var moment = noon
    var waits: [TimeInterval] = []
    while true {
      let item = try #require(try store.nextDelivery(to: "pacs", at: moment))
      let state = try store.noteFailed(
        item, DeliveryProblem(.failed, "Not now."), under: rule, at: moment)
      guard state == .waiting else { break }
      let due = try store.outboxItem(item.number).due
      #expect(try store.nextDelivery(to: "pacs", at: due - 0.001) == nil)
      waits.append(due.timeIntervalSince(moment))
      moment = due
    }
    #expect(zip(waits, [10.0, 20, 40]).allSatisfy { ($1 / 2...$1).contains($0) })
    #expect(waits.allSatisfy { $0 <= 60 } && waits.dropFirst(3).allSatisfy { $0 >= 30 })
    #expect(moment >= noon + 3600)
    let dead = try #require(try store.outbox([.dead]).first)
    #expect(dead.problem == DeliveryProblem(.failed, "Not now."))
    #expect(try store.audit().first?.kind == .failed)
    #expect(try store.audit().first?.detail.contains("Not now.") == true)
  }

  @Test("a refusal is a dead letter at once, and a person can have it sent again")
  func refusal() throws {
    try signed()
    let item = try #require(try store.nextDelivery(to: "pacs", at: noon))
    try store.noteFailed(item, DeliveryProblem(.refused, "No."), under: rule, at: noon)
    #expect(try store.nextDelivery(to: "pacs", at: noon + 9_999) == nil)
    #expect(try store.sendAgain([item.number, 77], by: "admin", at: noon)[77] != nil)
    let again = try #require(try store.nextDelivery(to: "pacs", at: noon))
    try store.noteDelivered(again, isVerified: false, at: noon)
    #expect(
      try store.sendAgain([item.number], by: "admin", at: noon) == [
        item.number: "it is delivered"
      ])
    #expect(try store.audit().contains { $0.kind == .askedAgain && $0.actor == "admin" })
  }

  @Test("while a destination is away all that goes there waits, and nothing else")
  func away() throws {
    try signed()
    let item = try #require(try store.nextDelivery(to: "ward", at: noon))
    try store.noteFailed(
      item, DeliveryProblem(.unreachable, "Nobody listens."), under: rule, at: noon)
    #expect(try store.nextDelivery(to: "ward", at: noon) == nil)
    #expect(try store.nextDelivery(to: "pacs", at: noon) != nil)
    #expect(try store.outboxFigures().map(\.destination) == ["pacs", "ward"])
    #expect(try store.outboxFigures().last?.waiting == 2)
    #expect(try store.outboxFigures().last?.reason == "Nobody listens.")
  }

  @Test("versions go in their order, and an older one never follows a newer")
  func order() throws {
    let first = try store.sign(report(), review: review(), by: "Dr Osei", at: noon)
    try store.sign(addendum(to: first, "More."), review: review(), by: "Dr Osei", at: noon + 1)
    try store.route([pacs], at: noon + 2)
    let older = try #require(try store.nextDelivery(to: "pacs", at: noon + 2))
    #expect(older.version == 1)
    #expect(try store.nextDelivery(to: "pacs", at: noon + 2) == nil)
    try store.noteFailed(older, DeliveryProblem(.refused, "No."), under: rule, at: noon + 2)
    let newer = try #require(try store.nextDelivery(to: "pacs", at: noon + 3))
    #expect(newer.version == 2)
    try store.noteDelivered(newer, isVerified: true, at: noon + 3)
    let refused = try store.sendAgain([older.number], by: "admin", at: noon + 4)
    #expect(refused[older.number]?.contains("newer version") == true)
  }

  @Test("what is sent is frozen: other bytes are never sent in its place")
  func frozen() throws {
    try signed()
    let item = try #require(try store.nextDelivery(to: "pacs", at: noon))
    #expect(try store.freeze(item, fileName: "a.dcm", digest: "aa", bytes: 2).digest == "aa")
    #expect(try store.freeze(item, fileName: "b.dcm", digest: "bb", bytes: 2).digest == "aa")
    #expect(throws: StoreError.self) {
      try store.write { try $0.execute(sql: "UPDATE outbox SET digest = 'bb'") }
    }
    let text = try #require(try store.nextDelivery(to: "ward", at: noon))
    #expect(try store.frozenTwin(of: text)?.digest == nil)
    try store.noteDelivered(text, isVerified: false, at: noon)
    let sr = try #require(try store.nextDelivery(to: "ward", at: noon))
    #expect(try store.frozenTwin(of: sr)?.digest == "aa")
    #expect(throws: StoreError.self) {
      try store.write { try $0.execute(sql: "DELETE FROM outbox") }
    }
  }

  @Test("a study whose patient became doubtful is not sent before a person has looked")
  func patientChanged() throws {
    try signed()
    try store.save(intake(patient: "Somebody else", digest: "b"))
    #expect(try store.nextDelivery(to: "pacs", at: noon) == nil)
    let dead = try #require(try store.outbox([.dead]).first)
    #expect(dead.code == .patientChanged)
    #expect(dead.reason?.contains("names another patient") == true)
    #expect(try store.sendAgain([dead.number], by: "admin", at: noon).count == 1)
    #expect(try store.nextDelivery(to: "pacs", at: noon) == nil)
    #expect(
      try store.sendAgain([dead.number], settlingDoubts: true, by: "admin", at: noon).isEmpty)
    #expect(try store.nextDelivery(to: "pacs", at: noon)?.number == dead.number)
    // The same image again says nothing new; another patient does.
    #expect(
      try !store.doubtPatient(
        of: "1.2.3", other: intake(patient: "Somebody else").patient.id, because: "Again.", at: noon
      ))
    #expect(try store.doubtPatient(of: "1.2.3", other: "third", because: "Third.", at: noon))
  }

  @Test("who sends again what failed otherwise settles no doubt that nobody has seen")
  func unseenDoubt() throws {
    try signed()
    let item = try #require(try store.nextDelivery(to: "pacs", at: noon))
    try store.noteFailed(item, DeliveryProblem(.refused, "No."), under: RetryRule(), at: noon)
    try store.save(intake(patient: "Somebody else", digest: "b"))
    #expect(try store.sendAgain([item.number], by: "admin", at: noon).isEmpty)
    #expect(try store.nextDelivery(to: "pacs", at: noon) == nil)
    #expect(try store.outbox([.dead]).first { $0.number == item.number }?.code == .patientChanged)
  }

  @Test("the two deliveries of one version to one place are told as one")
  func dispatches() throws {
    try signed()
    for name in ["1.txt", "1.dcm"] {
      let item = try #require(try store.nextDelivery(to: "ward", at: noon))
      let frozen = try store.freeze(item, fileName: name, digest: "a", bytes: 1)
      try store.noteDelivered(frozen, isVerified: false, at: noon + 5)
    }
    let dispatches = try store.dispatches(of: "1.2.3")
    #expect(dispatches.map(\.fileName) == ["1.txt 1.dcm"])
    #expect(try store.audit().count { $0.kind == .delivered } == 2)
  }

  @Test("what was delivered before there was an outbox counts as delivered")
  func carriedOver() throws {
    let home = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: home) }
    do {
      let store = try Store(home: home)
      try store.save(intake())
      try store.save(intake("1.2.4"))
      try store.sign(report(), review: review(), by: "Dr Osei", at: noon)
      try store.sign(report("1.2.4"), review: review("1.2.4"), by: "Dr Osei", at: noon + 1)
      try store.write { database in
        try database.execute(
          sql: """
            DROP TRIGGER report_unrouted; DROP TRIGGER preliminary_unrouted;
            DROP TABLE outbox; DROP TABLE unrouted; DROP TABLE patientDoubt;
            CREATE TABLE delivery (
              study TEXT NOT NULL, version INTEGER NOT NULL, destination TEXT NOT NULL,
              fileName TEXT NOT NULL, digest TEXT NOT NULL, at REAL NOT NULL,
              PRIMARY KEY (study, version, destination),
              FOREIGN KEY (study, version) REFERENCES report (study, version)
            ) STRICT;
            INSERT INTO delivery VALUES
              ('1.2.3', 1, 'folder', '1.2.3-v1.txt 1.2.3-v1.dcm', 'aa bb', 800000009);
            DELETE FROM grdb_migrations WHERE identifier LIKE '11 %';
            PRAGMA user_version = 10;
            """)
      }
    }
    let store = try Store(home: home)
    let folder = Route(destination: "folder", formats: [.text, .sr])
    #expect(try store.outbox([.delivered]).map(\.fileName) == ["1.2.3-v1.txt", "1.2.3-v1.dcm"])
    #expect(try store.outbox().map(\.digest) == ["aa", "bb"])
    #expect(try store.deliveryBacklog().count == 2)
    // Only the other report has not gone there yet.
    #expect(try store.route([folder], at: noon + 10) == 2)
    #expect(Set(try store.outbox([.waiting]).map(\.study)) == ["1.2.4"])
    #expect(try store.deliveryBacklog().count == 1)
    #expect(try store.dispatches(of: "1.2.3").map(\.destination) == ["folder"])
  }

  private func signed() throws {
    try store.sign(report(), review: review(), by: "Dr Osei", at: noon)
    try store.route([pacs, ward], at: noon)
  }
}
