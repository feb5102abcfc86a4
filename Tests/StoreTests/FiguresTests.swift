import Foundation
import Radiology
import Store
import Testing

@Suite("Figures of the store")
struct FiguresTests {
  @Test("count studies by how far they are, and what they take")
  func figures() throws {
    let store = try Store()
    try store.save([
      intake("1.1", images: 2), intake("1.2", digest: "b"), intake("1.3", digest: "c"),
    ])
    try store.save(triage("1.1"))
    try store.save(triage("1.2"))
    try store.save(review("1.2"))
    let figures = try store.figures()
    #expect(figures.studies == 3)
    #expect(figures.unread == 1)
    #expect(figures.signed == 0)
    #expect(figures.objects == 4)
    #expect(figures.objectBytes == 800)
  }

  @Test("the reading queue is as long as what a model would be given, and as old as its oldest")
  func reading() throws {
    let store = try Store()
    #expect(try store.readingBacklog(by: nil) == Backlog(count: 0, oldest: nil))
    try store.save([
      intake("1.1", arrived: noon - 60), intake("1.2", digest: "b", arrived: noon - 300),
      intake("1.3", digest: "c"),
    ])
    try store.save(triage("1.3"))
    let backlog = try store.readingBacklog(by: nil)
    #expect(backlog.count == (try store.untriaged().count))
    #expect(backlog.count == 2)
    #expect(backlog.oldest.map { abs($0.timeIntervalSince(noon - 300)) < 1 } == true)
  }

  @Test("nothing waits to be delivered or learned before a signature")
  func nothing() throws {
    let store = try Store()
    try store.save(intake("1.1", consent: .given))
    #expect(try store.deliveryBacklog() == Backlog(count: 0, oldest: nil))
    #expect(try store.learningBacklog() == Backlog(count: 0, oldest: nil))
  }

  @Test("refusals are counted by sender, with the newest reason")
  func refusals() throws {
    let store = try Store()
    try store.record(.refused, actor: "CT1", detail: "Old.", at: noon - 90_000)
    try store.record(.refused, actor: "CT1", detail: "It is cut off.", at: noon)
    try store.record(.refused, actor: "DX2", detail: "Nobody may send this.", at: noon + 1)
    try store.record(.refused, actor: "CT1", detail: "It has no pixels.", at: noon + 2)
    try store.record(.failed, actor: "DX2", detail: "No refusal.", at: noon + 3)
    let refusals = try store.refusals(since: noon - 86_400)
    #expect(refusals.map(\.source) == ["CT1", "DX2"])
    #expect(refusals.map(\.count) == [2, 1])
    #expect(refusals.first?.reason == "It has no pixels.")
  }

  @Test("an archive's objects that are not here are counted as missing")
  func tallies() throws {
    let store = try Store()
    try store.save([intake("1.1", images: 2), intake("1.2", digest: "b")])
    try store.expect(5, of: "1.1", from: "main", at: noon)
    try store.expect(1, of: "1.2", from: "main", at: noon)
    try store.expect(9, of: "1.9", from: "old", at: noon - 90_000)
    #expect(
      try store.archiveTallies(since: noon - 86_400) == [
        ArchiveTally(source: "main", studies: 2, incomplete: 1, expected: 6, received: 3)
      ])
  }

  @Test("a whole database is found whole")
  func integrity() throws {
    let store = try Store()
    try store.save(intake("1.1"))
    try store.checkIntegrity()
  }
}
