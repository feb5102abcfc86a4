import Foundation
import Radiology
import Store
import Testing

@Suite struct ArrivalsTests {
  let store: Store

  init() throws { store = try Store() }

  @Test("a study is triaged once no more images are waited for, and waits again for a late one")
  func settles() throws {
    try store.save(intake("1.1"), at: noon, patience: 60)
    #expect(try store.untriaged(at: noon + 59).isEmpty)
    #expect(try store.untriaged(at: noon + 60).map(\.uid) == ["1.1"])
    try store.save(intake("1.1", images: 2), at: noon + 50, patience: 60)
    #expect(try store.untriaged(at: noon + 60).isEmpty)
    #expect(try store.untriaged(at: noon + 110).map(\.uid) == ["1.1"])
  }

  @Test("an object that is there already makes nobody wait again")
  func unchanged() throws {
    try store.save(intake("1.1"), at: noon, patience: 60)
    try store.save(intake("1.1"), at: noon + 50, patience: 60)
    #expect(try store.untriaged(at: noon + 60).map(\.uid) == ["1.1"])
    #expect(try store.worklist()[0].isArriving(at: noon + 59))
    #expect(try !store.worklist()[0].isArriving(at: noon + 60))
  }

  @Test("what an archive counted stands beside what arrived, also if it was counted first")
  func expected() throws {
    try store.expect(3, of: "1.1", from: "archive", at: noon)
    try store.save(intake("1.1", images: 2))
    #expect(try store.worklist()[0].expected == 3)
    #expect(try store.worklist()[0].missing == 1)
    #expect(try store.missing(of: "1.1") == 1)
    try store.expect(2, of: "1.1", from: "archive", at: noon)
    #expect(try store.worklist()[0].missing == 0)
    #expect(try store.missing(of: "1.9") == 0)
  }

  @Test("each sender's objects are counted, with those that show nothing")
  func senders() throws {
    try store.save(intake("1.1", images: 3), at: noon)
    try store.save(intake("1.2", refusal: "The file is cut off."), at: noon + 10)
    let arrivals = try store.arrivals(since: noon + 5)
    #expect(arrivals.map(\.instances) == [1])
    #expect(arrivals.map(\.refused) == [1])
    #expect(try store.arrivals(since: noon).map(\.instances) == [4])
    #expect(try store.arrivals(since: noon).map(\.last) == [noon + 10])
  }

  @Test("what an archive has of a patient is shown without what is here, the newest first")
  func priors() throws {
    try store.save(intake("1.1"))
    let patient = try #require(try store.patient(of: "1.1"))
    #expect(try store.priorSearches(in: "pacs", since: noon).map(\.identifier) == ["4711"])
    let remote = [("1.1", "20240102"), ("1.7", nil), ("1.8", "20200101"), ("1.9", "20230101")]
      .map { RemoteStudy(uid: $0.0, source: "pacs", patientIdentifier: "4711", date: $0.1) }
    try store.save(priors: remote, of: patient.id, from: "pacs", at: noon)
    #expect(try store.priors(of: patient.id).map(\.uid) == ["1.9", "1.8", "1.7"])
    #expect(try store.priorSearches(in: "pacs", since: noon).isEmpty)
    #expect(try store.priorSearches(in: "pacs", since: noon + 1).count == 1)
    try store.save(priors: [], of: patient.id, from: "pacs", at: noon + 1)
    #expect(try store.priors(of: patient.id).isEmpty)
  }

  @Test("no archive is asked for a patient who has no identifier")
  func nameless() throws {
    try store.save(intake("1.1", patient: ""))
    #expect(try store.priorSearches(in: "pacs", since: noon).isEmpty)
  }

  @Test("what was refused is listed, the newest first, and nothing else is")
  func refusals() throws {
    try store.save(intake("1.1"))
    try store.record(.refused, actor: "receive", detail: "An unknown caller.", at: noon)
    try store.save(intake("1.2", refusal: "The file is cut off."))
    #expect(
      try store.refusals().map(\.detail) == ["The file is cut off.", "An unknown caller."])
    #expect(try store.refusals(limit: 1).count == 1)
  }
}
