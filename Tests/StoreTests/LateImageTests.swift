import Foundation
import Radiology
import Store
import Testing

@Suite("Images and the signature")
struct LateImageTests {
  let store: Store
  init() throws { store = try Store() }

  private func sign(_ report: Report = report(), at date: Date) throws {
    try store.sign(report, review: review(), by: "Dr Osei", at: date)
  }

  @Test("an image that comes after the signature is counted and logged, until an addendum")
  func late() throws {
    try store.save(intake())
    try sign(at: noon + 10)
    #expect(try store.worklist()[0].late == 0)
    try store.save(intake(images: 3), at: noon + 20)
    #expect(try store.worklist()[0].late == 2)
    #expect(try store.row("1.2.3")?.state == .final)
    #expect(try store.audit(limit: 1)[0].kind == .imported)
    #expect(try store.audit(limit: 1)[0].detail == "2 objects came after the report was signed")
    #expect(try store.signedInstances(of: "1.2.3").map(\.uid) == ["1.2.3.1.1"])
    let first = try #require(try store.signedReport(of: "1.2.3"))
    try sign(addendum(to: first, "More."), at: noon + 30)
    #expect(try store.worklist()[0].late == 0)
    #expect(try store.signedInstances(of: "1.2.3").count == 3)
  }

  @Test("an image is late by the order of things, even where the clock was set back")
  func clock() throws {
    try store.save(intake())
    try sign(at: noon + 10)
    try store.save(intake(images: 2), at: noon - 3_600)
    #expect(try store.worklist()[0].late == 1)
  }

  @Test("an image that can be read only after the signature is late")
  func mended() throws {
    try store.save(intake("1.7", digest: "cut", refusal: "The file is cut off."), at: noon)
    var report = report("1.7")
    report.acknowledged = ["No picture of this study could be read"]
    try store.sign(report, review: review("1.7"), by: "Dr Osei", at: noon + 10)
    try store.save(intake("1.7"), at: noon + 20)
    #expect(try store.row("1.7")?.late == 1)
  }

  @Test("an object that was there already is not late, and a refused one is")
  func again() throws {
    try store.save(intake())
    try sign(at: noon + 10)
    try store.save(intake(), at: noon + 20)
    #expect(try store.worklist()[0].late == 0)
    #expect(try store.audit(limit: 1)[0].kind == .signed)
    try store.save(intake(images: 2, refusal: "The file is cut off."), at: noon + 30)
    #expect(try store.worklist()[0].late == 1)
  }
}
