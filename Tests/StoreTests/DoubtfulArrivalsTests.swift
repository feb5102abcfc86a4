import Foundation
import Radiology
import Store
import Testing

/// What arrives late, twice or elsewhere than expected.
@Suite struct DoubtfulArrivalsTests {
  let store: Store

  init() throws { store = try Store() }

  private func normal(_ study: String = "1.1") -> Triage { triage(study, probability: 0.1) }

  @Test("a normal study is looked at again when its archive turns out to have more of it")
  func lateExpectation() throws {
    try store.save(intake("1.1"), at: noon)
    try store.save(normal())
    #expect(try store.untriaged(at: noon).isEmpty)
    try store.expect(2, of: "1.1", from: "main", at: noon)
    #expect(try store.untriaged(at: noon).map(\.uid) == ["1.1"])
    let doubt = Triage(
      study: "1.1", refused: .undetermined("1 more image has not arrived."), model: "m1", made: noon
    )
    #expect(try store.save(doubt))
    #expect(try store.untriaged(at: noon).isEmpty)
    // And again when nothing is missing any more.
    try store.expect(1, of: "1.1", from: "main", at: noon)
    #expect(try store.untriaged(at: noon).map(\.uid) == ["1.1"])
  }

  @Test("a normal study is looked at again when an image of it cannot be read")
  func lateRefusal() throws {
    try store.save(intake("1.1"), at: noon)
    try store.save(normal())
    let late = intake("1.1", images: 2)
    let broken = Instance(
      uid: "1.1.1.9", series: late.series[0].uid, study: "1.1", format: .dicom, digest: "z",
      bytes: 1, refusal: "The file is cut off.")
    try store.save(
      Store.Intake(
        patient: late.patient, study: late.study, series: late.series, instances: [broken]),
      at: noon)
    #expect(try store.untriaged(at: noon).map(\.uid) == ["1.1"])
    let doubt = Triage(
      study: "1.1", refused: .undetermined("1 of 2 images could not be read."), model: "m1",
      made: noon)
    #expect(try store.save(doubt, after: Store.Look(model: nil, images: 1)))
    #expect(try store.untriaged(at: noon).isEmpty)
    #expect(try store.worklist()[0].triageClass == .undetermined)
  }

  @Test("of two archives the one that has more of a study counts")
  func twoArchives() throws {
    try store.save(intake("1.1", images: 2))
    try store.expect(4, of: "1.1", from: "main", at: noon)
    try store.expect(2, of: "1.1", from: "copy", at: noon)
    #expect(try store.missing(of: "1.1") == 2)
    try store.expect(3, of: "1.1", from: "main", at: noon)
    #expect(try store.missing(of: "1.1") == 1)
  }

  @Test("a good object takes the place of a damaged one in another series")
  func otherSeries() throws {
    try store.save(intake("1.1", refusal: "The file is cut off."))
    let good = intake("1.1", digest: "b")
    let series = Series(uid: "1.1.2", study: "1.1", number: 2, modality: "DX")
    let instance = Instance(
      uid: good.instances[0].uid, series: series.uid, study: "1.1", format: .dicom, digest: "b1",
      bytes: 10)
    let outcome = try store.save(
      Store.Intake(
        patient: good.patient, study: good.study, series: [series], instances: [instance]))
    #expect(outcome.added == 1)
    #expect(try store.instances(of: "1.1").map(\.series) == ["1.1.2"])
  }

  @Test("no image takes the place of a document of the same UID")
  func document() throws {
    let one = intake("1.1")
    let document = Instance(
      uid: one.instances[0].uid, series: one.series[0].uid, study: "1.1", format: .document,
      digest: "d", bytes: 10, refusal: "The object holds no image.")
    try store.save(
      Store.Intake(
        patient: one.patient, study: one.study, series: one.series, instances: [document]))
    let outcome = try store.save(one)
    #expect(outcome.conflicts.map(\.reason) == [.otherContent])
    #expect(try store.instance(document.uid) == document)
  }

  @Test("of several orders that fit a study it keeps the one it follows")
  func severalOrders() throws {
    try store.save(intake("1.1", accession: "A1"))
    let orders = ["RP1", "RP2"].map {
      Order(accession: "A1", patientIdentifier: "4711", procedureID: $0, source: "RIS")
    }
    #expect(try store.save(orders, at: noon) == 1)
    let followed = try #require(try store.order(of: "1.1"))
    for _ in 0..<3 { #expect(try store.save(orders.reversed(), at: noon) == 0) }
    #expect(try store.order(of: "1.1") == followed)
    #expect(try store.audit().count { $0.kind == .ordered } == 1)
  }

  @Test("a child is a child, whichever image says so")
  func youngest() throws {
    for (number, age) in [nil, 5, 54].enumerated() {
      let patient = Patient(identifier: "4711", name: "DOE^JANE", fallback: "1.1")
      let study = Study(uid: "1.1", patient: patient.id, modality: "DX", age: age, arrived: noon)
      try store.save(
        Store.Intake(
          patient: patient, study: study, series: [Series(uid: "1.1.1", study: "1.1")],
          instances: [
            Instance(
              uid: "1.1.1.\(number)", series: "1.1.1", study: "1.1", format: .dicom,
              digest: "\(number)", bytes: 1)
          ]))
    }
    #expect(try store.study("1.1")?.age == 5)
  }
}
