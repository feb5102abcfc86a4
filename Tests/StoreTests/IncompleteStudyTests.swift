import Foundation
import Radiology
import Store
import Testing

@Suite struct IncompleteStudyTests {
  let store: Store
  init() throws { store = try Store() }

  private func sign(_ report: Report = report(), at date: Date) throws {
    try store.sign(report, review: review(), by: "Dr Osei", at: date)
  }

  @Test("a study that is still arriving, or half unreadable, is signed only by who was asked")
  func asked() throws {
    try store.save(intake(), at: noon, patience: 60)
    try store.save(intake(images: 2, refusal: "The file is cut off."), at: noon, patience: 60)
    try store.expect(3, of: "1.2.3", from: "archive", at: noon)
    let questions = [
      "Images may still be arriving", "1 of 2 images could not be read",
      "1 image is still at the archive",
    ]
    let error = #expect(throws: StoreError.self) { try sign(at: noon + 1) }
    guard case .unasked(let asked) = error else {
      Issue.record("unasked, not \(String(describing: error))")
      return
    }
    #expect(asked.map(\.text) == questions)
    #expect(try store.signedReport(of: "1.2.3") == nil)
    var report = report()
    report.acknowledged = questions
    try sign(report, at: noon + 1)
    #expect(try store.signedReport(of: "1.2.3")?.acknowledged == questions)
  }
}
