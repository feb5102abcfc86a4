import Foundation
import GRDB
import Radiology
import Testing

@testable import Store

@Suite("What is let out before it is signed")
struct PreliminaryTests {
  let store: Store

  init() throws {
    store = try Store()
    try store.save(intake())
  }

  @Test("a preliminary report is kept beside its draft, and the worklist says so")
  func given() throws {
    let given = try store.givePreliminary(report(), review: review(), by: "Dr Osei", at: noon)
    #expect(given.report.state == .preliminary && given.report.version == 1)
    #expect(given.report.isGiven && !given.report.isSigned)
    #expect(try store.preliminaries(of: "1.2.3") == [given])
    #expect(try store.report(of: "1.2.3")?.state == .draft)
    #expect(try store.row("1.2.3")?.state == .preliminary)
    #expect(try store.signedReport(of: "1.2.3") == nil)
    #expect(try store.foundStudy("1.2.3").standing == .preliminary)
    #expect(try store.deliveryBacklog().count == 0)
  }

  @Test("the final report takes its place; what was let out stays readable")
  func replaced() throws {
    let given = try store.givePreliminary(report(), review: review(), by: "Dr Osei", at: noon)
    try store.sign(
      report("1.2.3", "A nodule."), review: review(), by: "Dr Osei", at: noon + 60)
    #expect(try store.row("1.2.3")?.state == .final)
    #expect(try store.foundStudy("1.2.3").standing == .final)
    #expect(try store.preliminaries(of: "1.2.3") == [given])
    #expect(throws: StoreError.signed) {
      try store.givePreliminary(report(), review: review(), by: "Dr Osei", at: noon + 120)
    }
  }

  @Test("a second one is counted on, and one that says the same is refused")
  func again() throws {
    try store.givePreliminary(report(), review: review(), by: "Dr Osei", at: noon)
    #expect(throws: StoreError.nothingNew) {
      try store.givePreliminary(report(), review: review(), by: "Dr Osei", at: noon + 1)
    }
    let second = try store.givePreliminary(
      report("1.2.3", "A nodule."), review: review(), by: "Dr Osei", at: noon + 2)
    #expect(second.report.version == 2)
    #expect(try store.preliminaries(of: "1.2.3").last == second)
  }

  @Test("whoever signs another call than the one that was given is asked")
  func changed() throws {
    try store.givePreliminary(report(), review: review(), by: "Dr Osei", at: noon)
    let normal = review(call: .normal)
    try store.save(normal, over: review())
    let question = "The preliminary report called it suspicious; tell whoever waits for it"
    let error = #expect(throws: StoreError.self) {
      try store.sign(report(), review: normal, by: "Dr Osei", at: noon + 60)
    }
    guard case .unasked(let questions)? = error else {
      Issue.record("unasked, not \(String(describing: error))")
      return
    }
    #expect(questions.map(\.text) == [question])
    var asked = report()
    asked.acknowledged = [question]
    #expect(
      try store.sign(asked, review: normal, by: "Dr Osei", at: noon + 60).acknowledged == [question]
    )
  }

  @Test("the guard blocks it as it blocks a signature, and nothing is let out")
  func blocked() throws {
    #expect(throws: StoreError.self) {
      try store.givePreliminary(
        report("1.2.3", " "), review: review(), by: "Dr Osei", at: noon)
    }
    #expect(throws: StoreError.nobodySigns) {
      try store.givePreliminary(report(), review: review(), by: " ", at: noon)
    }
    #expect(throws: StoreError.notFound) {
      try store.givePreliminary(report("9.9"), review: review("9.9"), by: "Dr Osei", at: noon)
    }
    #expect(try store.preliminaries(of: "1.2.3").isEmpty && store.report(of: "1.2.3") == nil)
  }

  @Test(
    "even SQL cannot overwrite or remove what was let out",
    arguments: [
      "UPDATE preliminary SET report = 'x'", "DELETE FROM preliminary",
      "INSERT OR REPLACE INTO preliminary SELECT * FROM preliminary",
    ])
  func immutable(statement: String) throws {
    let given = try store.givePreliminary(report(), review: review(), by: "Dr Osei", at: noon)
    #expect(throws: StoreError.self) { try store.write { try $0.execute(sql: statement) } }
    #expect(try store.preliminaries(of: "1.2.3") == [given])
  }
}
