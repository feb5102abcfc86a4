import Foundation
import Radiology
import Testing

@Suite struct WorklistRowTests {
  @Test("what needs a reader first comes first")
  func order() throws {
    let rows = [
      row("normal", .normal, 0.1), row("region", .normal, 0.2, regions: 1),
      row("failed", .failed), row("suspicious", .suspicious, 0.8),
      row("likelier", .suspicious, 0.9), row("stat", .normal, 0.1, priority: .stat),
      row("signed", .suspicious, 0.99, state: .final), row("waiting", nil),
    ]
    #expect(
      rows.sorted(by: WorklistRow.comesFirst).map(\.id) == [
        "stat", "likelier", "suspicious", "failed", "waiting", "region", "normal", "signed",
      ])
  }

  @Test("a signed study with a late image comes before other signed ones, and after unsigned ones")
  func late() {
    let rows = [
      row("signed", .suspicious, 0.9, priority: .stat, state: .final),
      row("late", .normal, 0.1, state: .final, late: 1), row("unsigned", .normal, 0.1),
    ]
    #expect(
      rows.sorted(by: WorklistRow.comesFirst).map(\.id) == ["unsigned", "late", "signed"])
  }

  @Test(
    "the model never lowers a study below its clinical priority", arguments: TriageClass.allCases)
  func priorityHolds(triageClass: TriageClass) {
    let urgent = row("urgent", triageClass, 0.01, priority: .urgent)
    let routine = row("routine", .suspicious, 1)
    #expect(WorklistRow.comesFirst(urgent, routine))
  }

  @Test("a study that waited longer comes first among equals")
  func age() {
    let early = row("early", .failed, arrived: 0)
    let late = row("late", .failed, arrived: 60)
    #expect(WorklistRow.comesFirst(early, late))
    #expect(!WorklistRow.comesFirst(late, early))
  }

  private func row(
    _ uid: String, _ triageClass: TriageClass?, _ probability: Double = 0, regions: Int = 0,
    priority: Priority = .routine, state: StudyState = .unread, arrived: Double = 0, late: Int = 0
  ) -> WorklistRow {
    let made = Date(timeIntervalSince1970: arrived)
    let findings = (0..<regions).map { index in
      Finding(trackingUID: "\(index)", name: "R\(index + 1)", region: square, origin: .model)
    }
    let triage: Triage? =
      switch triageClass {
      case .normal:
        Triage(
          study: uid, probability: probability, threshold: 1, findings: findings, model: "m",
          made: made)
      case .suspicious:
        Triage(
          study: uid, probability: probability, threshold: 0, findings: findings, model: "m",
          made: made)
      case .failed: Triage(study: uid, refused: .failed("unreadable"), model: nil, made: made)
      case .undetermined:
        Triage(study: uid, refused: .undetermined("a CT"), model: nil, made: made)
      case nil: nil
      }
    return WorklistRow(
      study: Study(uid: uid, patient: "p", priority: priority, arrived: made),
      patient: Patient(identifier: "p", name: "", fallback: uid), triage: triage, review: nil,
      state: state, instances: 1, readable: 1, late: late)
  }
}
