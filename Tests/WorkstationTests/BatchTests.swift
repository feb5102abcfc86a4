import Foundation
import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("Signing marked normals together")
struct BatchTests {
  static let ruledOut = [
    Fixture.row(20, name: "ONE^ANNA", probability: 0.02),
    Fixture.row(21, name: "TWO^BEN", probability: 0.03),
  ]

  /// With every study of `rows` marked and looked at.
  private func asked(_ rows: [WorklistRow]) -> Workstation {
    var workstation = Workstation(options: Fixture.options())
    _ = workstation.update(.worklist(rows, asOf: Fixture.now))
    workstation.type("*")
    let answer = workstation.type("S")
    #expect(answer == [.loadBatch(rows.map(\.id).sorted())])
    _ = workstation.update(.batch(rows.map { Fixture.open($0) }))
    return workstation
  }

  private func signed(_ effects: [Effect]) -> [Study.ID] {
    effects.compactMap {
      if case .signUnopened(let report, _, _) = $0 { report.study } else { nil }
    }
  }

  @Test("who begins to read before the answer is shown none of it, however the batch was asked for")
  func readFirst() {
    var workstation = Workstation(options: Fixture.options())
    _ = workstation.update(.worklist(Self.ruledOut, asOf: Fixture.now))
    workstation.type("*")
    #expect(workstation.type("S").count == 1)
    workstation.type("R")
    _ = workstation.update(.batch(Self.ruledOut.map { Fixture.open($0) }))
    #expect(workstation.place == .worklist)
    _ = workstation.update(.failed(.loadBatch, "The store is busy."))
    #expect(
      !workstation.press(.function(5)).contains { if case .loadBatch = $0 { true } else { false } })
  }

  @Test("the typed count signs each by itself, once, and nothing else does")
  func signs() {
    var workstation = asked(Self.ruledOut)
    for text in ["", "1", "y", "22"] {
      workstation.type(text)
      let answer = workstation.press(.enter)
      #expect(answer == [])
      _ = workstation.press(.control("u"))
    }
    workstation.type("2")
    let effects = workstation.press(.enter)
    #expect(signed(effects).sorted() == ["1.2.20", "1.2.21"])
    for effect in effects {
      guard case .signUnopened(let report, let review, let known) = effect else { continue }
      #expect(review.call == .normal && review.reader == "Dr Osei" && known == nil)
      #expect(report.text(of: "findings") == "The lungs are clear.")
      #expect(report.acknowledged == ["Signed together with others, its images not opened"])
    }
    let again = workstation.press(.enter)
    #expect(again == [])
  }

  @Test("only what guard and model both call normal is eligible; the others say why")
  func obstacles() {
    let rows = Fixture.rows + Self.ruledOut
    let workstation = asked(rows)
    guard case .batch(let dialog)? = workstation.overlays.last else {
      Issue.record("the dialog is open")
      return
    }
    #expect(Set(dialog.eligible.map(\.row.id)) == ["1.2.7", "1.2.20", "1.2.21"])
    let reasons = Dictionary(
      uniqueKeysWithValues: dialog.candidates.map { ($0.row.id, $0.obstacle ?? "") })
    #expect(reasons["1.2.2"]?.contains("suspicious") == true)
    #expect(reasons["1.2.4"]?.contains("undetermined") == true)
    #expect(reasons["1.2.5"]?.contains("failed") == true)
    #expect(reasons["1.2.6"]?.contains("Region R1 not reviewed") == true)
    #expect(reasons["1.2.8"]?.contains("not read yet") == true)
    #expect(reasons["1.2.9"]?.contains("signed") == true)
    for size in ScreenTests.sizes {
      #expect(workstation.screen(size.0, size.1).contains("3 of 10"))
    }
  }

  @Test("images that are missing or arriving, a call and another's work stand in the way")
  func guarded() {
    let rows = [
      Fixture.row(30, name: "A", probability: 0.02, images: 2, readable: 1),
      Fixture.row(31, name: "B", probability: 0.02, expected: 3),
      Fixture.row(32, name: "C", probability: 0.02, settles: Fixture.now + 60),
    ]
    func obstacle(_ open: OpenStudy) -> String {
      BatchDialog.Candidate(open, by: Fixture.options(), at: Fixture.now).obstacle ?? ""
    }
    #expect(obstacle(Fixture.open(rows[0])).contains("could not be read"))
    #expect(obstacle(Fixture.open(rows[1])).contains("still at the archive"))
    #expect(obstacle(Fixture.open(rows[2])).contains("still be arriving"))
    func review(_ reader: String, _ call: Call?) -> Review {
      Review(
        study: Self.ruledOut[0].id, reader: reader, call: call, findings: [], model: nil,
        started: Fixture.now)
    }
    let row = Self.ruledOut[0]
    #expect(
      obstacle(Fixture.open(row, review: review("Dr Osei", .suspicious))).contains("suspicious"))
    #expect(obstacle(Fixture.open(row, review: review("Dr Patel", .normal))).contains("Dr Patel"))
    let draft = Report(
      study: row.id, sections: [.init(key: "findings", title: "Findings", text: "Hm.")],
      author: "Dr Patel", changed: Fixture.now)
    #expect(obstacle(Fixture.open(row, report: draft)).contains("The draft is by Dr Patel"))
    let words = Report(
      study: row.id,
      sections: [
        .init(key: "findings", title: "Findings", text: "Nodule."),
        .init(key: "impression", title: "Impression", text: "Nodule.", call: .normal),
      ], author: "Dr Osei", changed: Fixture.now)
    #expect(obstacle(Fixture.open(row, report: words)).contains("written by hand"))
    #expect(obstacle(Fixture.open(row, lockedBy: "Dr Patel")).contains("open by Dr Patel"))
  }

  @Test("each study says whether it was signed; a failure stays beside its study")
  func outcomes() {
    var workstation = asked(Self.ruledOut)
    workstation.type("2")
    let effects = workstation.press(.enter)
    guard case .signUnopened(var report, _, _)? = effects.first else {
      Issue.record("two are signed")
      return
    }
    report.signed = Fixture.now
    _ = workstation.update(.signed(report))
    let other = report.study == "1.2.20" ? "1.2.21" : "1.2.20"
    _ = workstation.update(.failed(.lookAgain(other), "The study is open by Dr Patel."))
    let screen = workstation.screen()
    #expect(screen.contains("1 of 2 signed") && screen.contains("1 not signed"))
    #expect(screen.contains("The study is open by Dr Patel."))
    #expect(workstation.notices.failures.isEmpty)
    #expect(workstation.opening == nil)
    _ = workstation.press(.escape)
    #expect(workstation.place == .worklist)
  }

  @Test("nothing is signed together without marks or by who may only read")
  func refused() {
    var workstation = Workstation.onWorklist()
    let none = workstation.type("S")
    #expect(none == [] && workstation.notices.hint?.contains("marked") == true)
    var reading = Workstation.onWorklist(Fixture.options(isReadOnly: true))
    reading.type(" S")
    #expect(reading.notices.hint?.contains("read-only") == true)
  }
}
