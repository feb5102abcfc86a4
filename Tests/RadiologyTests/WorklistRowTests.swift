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
      rows.sorted { WorklistSort.triage.precedes($0, $1) }.map(\.id) == [
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
      rows.sorted { WorklistSort.triage.precedes($0, $1) }.map(\.id) == [
        "unsigned", "late", "signed",
      ])
  }

  @Test(
    "the model never lowers a study below its clinical priority", arguments: TriageClass.allCases)
  func priorityHolds(triageClass: TriageClass) {
    let urgent = row("urgent", triageClass, 0.01, priority: .urgent)
    let routine = row("routine", .suspicious, 1)
    #expect(WorklistSort.triage.precedes(urgent, routine))
  }

  @Test("a study that waited longer comes first among equals")
  func age() {
    let early = row("early", .failed, arrived: 0)
    let late = row("late", .failed, arrived: 60)
    #expect(WorklistSort.triage.precedes(early, late))
    #expect(!WorklistSort.triage.precedes(late, early))
  }

  @Test("whoever waits too long comes after the suspicious ones, with those no model judges")
  func waited() {
    let rows = [
      row("normal", .normal, 0.1), row("region", .normal, 0.2, regions: 1),
      row("suspicious", .suspicious, 0.8, arrived: 86_400), row("failed", .failed, arrived: 60),
      row("urgent", .normal, 0.1, priority: .urgent, arrived: 86_400),
    ]
    func order(_ seconds: Double) -> [String] {
      let date = Date(timeIntervalSince1970: seconds)
      return rows.sorted { WorklistSort.triage.precedes($0, $1, at: date) }.map(\.id)
    }
    #expect(order(86_399) == ["urgent", "suspicious", "failed", "region", "normal"])
    #expect(order(86_400) == ["urgent", "suspicious", "normal", "region", "failed"])
    let place = WorklistPlace(rows[0], at: Date(timeIntervalSince1970: 86_399))
    #expect(place.rises == Date(timeIntervalSince1970: 86_400))
    #expect(WorklistPlace(rows[0], at: place.rises).rises == nil)
    #expect(WorklistPlace(rows[2], at: nil).rises == nil)
  }

  @Test("what is signed does not wait")
  func signedRests() {
    let signed = row("signed", .normal, 0.1, state: .final)
    #expect(WorklistPlace(signed, at: .distantFuture) == WorklistPlace(signed, at: nil))
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
