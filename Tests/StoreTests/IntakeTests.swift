import Foundation
import GRDB
import Radiology
import Testing

@testable import Store

@Suite struct IntakeTests {
  let store: Store
  init() throws { store = try Store() }

  @Test("importing twice changes nothing, not even the log")
  func idempotent() throws {
    #expect(try store.save(intake(images: 3)) == Store.IntakeOutcome(added: 3))
    let before = try store.worklist()
    let log = try store.audit()
    #expect(try store.save(intake(images: 3)) == Store.IntakeOutcome(unchanged: 3))
    #expect(try store.worklist() == before)
    #expect(try store.audit() == log)
  }

  @Test("the same UID with other bytes is refused, reported and logged; the first is kept")
  func conflict() throws {
    try store.save(intake(images: 2))
    let outcome = try store.save(intake(images: 3, digest: "b"))
    #expect(outcome.conflicts.map(\.instance) == ["1.2.3.1.1", "1.2.3.1.2"])
    #expect(outcome.conflicts.allSatisfy { $0.reason == .otherContent })
    #expect(outcome.added == 1)
    #expect(try store.instance("1.2.3.1.1")?.digest == "a1")
    #expect(try store.audit().count { $0.kind == .refused } == 2)
  }

  @Test("a study that turns up for another patient is refused as a whole")
  func anotherPatient() throws {
    try store.save(intake())
    let outcome = try store.save(intake(patient: "0815", images: 2, digest: "b"))
    #expect(outcome.conflicts.map(\.reason) == [.otherPatient, .otherPatient])
    #expect(outcome.added == 0)
    #expect(try store.patient(of: "1.2.3")?.identifier == "4711")
    #expect(try store.instances(of: "1.2.3").count == 1)
  }

  @Test("what is refused is a failed row of its own, once, with what is needed to find it")
  func aside() throws {
    try store.save(intake(accession: "A1"))
    let conflict = try #require(
      try store.save(intake(accession: "A1", digest: "b")).conflicts.first)
    let row = try #require(try store.row(conflict.row))
    #expect(row.triageClass == .failed && row.triage?.reason == conflict.reason.text)
    #expect(row.patient.identifier == "4711")
    #expect(try store.instances(of: conflict.row).map(\.digest) == ["b1"])
    #expect(try store.study(named: "A1").uid == "1.2.3")
    let log = try store.audit()
    #expect(try store.save(intake(accession: "A1", digest: "b")).conflicts == [conflict])
    #expect(try store.audit() == log)
  }

  @Test("a study of which everything is refused leaves no empty row")
  func noGhost() throws {
    try store.save(intake())
    let other = intake("7.7", digest: "b")
    let stolen = Instance(
      uid: "1.2.3.1.1", series: "7.7.1", study: "7.7", format: .dicom, digest: "b1", bytes: 1)
    try store.save(
      Store.Intake(
        patient: other.patient, study: other.study, series: other.series, instances: [stolen]))
    #expect(try store.study("7.7") == nil)
    #expect(try store.worklist().map(\.instances) == [1, 1])
  }

  @Test("a study of documents alone is no failure; an unreadable image that joins it makes it one")
  func documentsAlone() throws {
    let one = intake(refusal: "No image")
    func arrive(_ uid: Instance.ID, _ format: Instance.Format) throws {
      let instance = Instance(
        uid: uid, series: one.series[0].uid, study: "1.2.3", format: format, digest: uid, bytes: 1,
        refusal: format == .document ? "The object holds no image" : "It is truncated")
      try store.save(
        Store.Intake(
          patient: one.patient, study: one.study, series: one.series, instances: [instance]))
    }
    try arrive("1.2.3.9.1", .document)
    let first = try #require(try store.row("1.2.3"))
    #expect(first.triageClass == .undetermined && first.triage?.isOfDocuments == true)
    #expect(first.documents == 1 && first.readable == 0)
    #expect(try store.untriaged().isEmpty)
    try arrive("1.2.3.9.2", .document)
    #expect(try store.row("1.2.3")?.triage == first.triage)
    try arrive("1.2.3.1.2", .dicom)
    let second = try #require(try store.row("1.2.3")?.triage)
    #expect(second.triageClass == .failed && second.reason == "It is truncated")
  }

  @Test("an object that can be read takes the place of one that could not, and is logged")
  func replaced() throws {
    let damaged = intake(digest: "b", refusal: "It is truncated")
    try store.save(damaged)
    #expect(try store.row("1.2.3")?.triage?.reason == "It is truncated")
    #expect(try store.save(intake()) == Store.IntakeOutcome(added: 1))
    #expect(try store.instance("1.2.3.1.1")?.digest == "a1")
    #expect(try store.untriaged().map(\.uid) == ["1.2.3"])
    #expect(
      try store.audit(limit: 2).contains {
        $0.detail == "An object that can be read took the place of one that could not, SHA-256 b1"
      })
    let log = try store.audit()
    #expect(try store.save(damaged) == Store.IntakeOutcome(unchanged: 1))
    #expect(try store.save(intake()) == Store.IntakeOutcome(unchanged: 1))
    #expect(try store.audit() == log)
  }

  @Test("a study without a picture gets the patient of its first picture, unless it was read")
  func renamed() throws {
    for (uid, isRead) in [("1.1", false), ("1.2", true)] {
      try store.save(intake(uid, patient: "", name: "", refusal: "It has no manifest"))
      _ = try store.worklist()
      if isRead { try store.save(review(uid)) }
      let outcome = try store.save(intake(uid))
      #expect(outcome.added == (isRead ? 0 : 1) && outcome.conflicts.count == (isRead ? 1 : 0))
      let row = try #require(try store.worklist().first { $0.id == uid })
      #expect(row.patient.name == (isRead ? "" : "DOE^JANE"))
      #expect(row.readable == (isRead ? 0 : 1))
    }
  }

  @Test("a study without any picture is failed at once, with the reason of its first object")
  func blind() throws {
    try store.save(intake("1.1", images: 2, refusal: "It is truncated"))
    #expect(try store.row("1.1")?.triageClass == .failed)
    #expect(try store.triage(of: "1.1")?.reason == "It is truncated")
    #expect(try store.untriaged().isEmpty)
    try store.save(intake("1.2"))
    #expect(try store.triage(of: "1.2") == nil)
  }

  @Test("two people with one identifier keep their own names")
  func sharedIdentifier() throws {
    try store.save(intake("1.1", name: "DOE^JANE"))
    try store.save(intake("1.2", name: "ROE^RICHARD", arrived: noon + 1))
    #expect(try store.row("1.1")?.patient.name == "DOE^JANE")
    #expect(try store.row("1.2")?.patient.name == "ROE^RICHARD")
    let patient = try #require(try store.patient(of: "1.1"))
    #expect(try store.patient(patient.id)?.name == "ROE^RICHARD")
  }

  @Test("later images join their study, and its consent stays")
  func laterImages() throws {
    try store.save(intake())
    try store.setConsent("1.2.3", .given, by: "Dr Osei")
    #expect(try store.save(intake(images: 3)) == Store.IntakeOutcome(added: 2, unchanged: 1))
    #expect(try store.study("1.2.3")?.consent == .given)
    #expect(try store.row("1.2.3")?.instances == 3)
  }

  @Test("a file that can be read by now replaces its refusal, and never the other way")
  func mended() throws {
    try store.save(intake(refusal: "It is truncated"))
    #expect(try store.row("1.2.3")?.readable == 0)
    #expect(try store.save(intake()).added == 1)
    #expect(try store.row("1.2.3")?.readable == 1)
    #expect(try store.save(intake(refusal: "It is truncated")).unchanged == 1)
    #expect(try store.row("1.2.3")?.readable == 1)
  }

  @Test("an intake that fails half way changes nothing")
  func atomic() throws {
    let good = intake(images: 2)
    let lost = Instance(
      uid: "1.2.3.9", series: "no such series", study: "1.2.3", format: .dicom, digest: "c",
      bytes: 1)
    let bad = Store.Intake(
      patient: good.patient, study: good.study, series: good.series,
      instances: good.instances + [lost])
    #expect(throws: StoreError.notFound) { try store.save(bad) }
    #expect(try store.studies().isEmpty)
    #expect(try store.audit().isEmpty)
    #expect(try store.instance("1.2.3.1.1") == nil)
  }

  @Test("many intakes are stored at once or not at all, and each says what it came to")
  func many() throws {
    try store.save(intake("1.1"))
    let outcomes = try store.save([intake("1.1", images: 3), intake("1.2"), intake("1.3")])
    #expect(outcomes.map(\.added) == [2, 1, 1])
    #expect(outcomes.map(\.unchanged) == [1, 0, 0])
    let log = try store.audit(limit: 3)
    #expect(log.map(\.detail) == ["1", "1", "2"].map { "\($0) objects from import" })
    try store.write { database in
      try database.execute(
        sql: """
          CREATE TRIGGER no BEFORE INSERT ON study WHEN NEW.uid = '1.5'
          BEGIN SELECT RAISE(ABORT, 'no'); END
          """)
    }
    #expect(throws: StoreError.self) { try store.save([intake("1.4"), intake("1.5")]) }
    #expect(try store.study("1.4") == nil)
  }

  @Test("images come in the order of series and number")
  func order() throws {
    try store.save(intake(images: 12))
    #expect(try store.instances(of: "1.2.3").map(\.number) == Array(1...12))
  }
}
