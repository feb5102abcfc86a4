import Foundation
import Radiology
import Terminal
import Testing

@testable import Workstation

extension Fixture {
  static func found(_ row: WorklistRow, _ standing: FoundStudy.Standing) -> FoundStudy {
    FoundStudy(
      study: row.study, patient: row.patient, standing: standing,
      author: standing == .none ? nil : "Dr Osei", signed: standing == .none ? nil : now - 3600)
  }

  static let search = PatientSearch(
    words: "doe",
    studies: [found(rows[0], .final), found(rows[1], .none), found(rows[2], .preliminary)],
    isCut: false)

  static func clinicalReport(
    _ standing: FoundStudy.Standing = .final, version: Int = 1,
    dispatches: [Dispatch] = [
      Dispatch(version: 1, destination: "folder", fileName: "1.2.2-v1.txt", at: now - 60)
    ]
  ) -> ClinicalReport {
    let row = rows[0]
    var review = Review(
      study: row.id, reader: "Dr Osei", call: .suspicious, findings: row.triage?.findings ?? [],
      model: nil, started: now)
    _ = review.mark("R1", .agreed, at: now)
    _ = review.mark("R2", .rejected, at: now)
    let report = Report(
      study: row.id, version: version, state: .final, sections: [], author: "Dr Osei", changed: now,
      signed: standing == .preliminary ? nil : now)
    return ClinicalReport(
      found: found(row, standing), open: open(row, review: review, report: report),
      text: "RADIOLOGY REPORT\n\nDOE, JANE\n\nImpression\n  Suspicious for abnormality.",
      dispatches: dispatches,
      exports: [
        AuditEvent(
          number: 9, at: now - 30, actor: "Dr Wu", kind: .exported, study: row.id,
          detail: "text abcdef", previous: "", digest: "")
      ])
  }
}

extension Workstation {
  /// With the answer to a search on screen.
  static func onFinding(_ options: Options = Fixture.options()) -> Workstation {
    var workstation = onWorklist(options)
    workstation.type("gcdoe")
    _ = workstation.update(.found(Fixture.search))
    return workstation
  }

  static func onReport(
    _ options: Options = Fixture.options(), _ standing: FoundStudy.Standing = .final
  ) -> Workstation {
    var workstation = onFinding(options)
    _ = workstation.press(.enter)
    _ = workstation.update(.reportRead(Fixture.clinicalReport(standing)))
    _ = workstation.update(.imageLoaded("1.2.2.1", Fixture.image))
    return workstation
  }
}

@Suite("The clinician's screen")
struct ClinicianTests {
  @Test("a report that comes after the reader has typed on is let go, and no key is meant for it")
  func late() {
    var workstation = Workstation.onFinding()
    _ = workstation.press(.enter)
    workstation.type("x")
    _ = workstation.update(.reportRead(Fixture.clinicalReport()))
    #expect(workstation.clinician.report == nil)
    #expect(workstation.type("1").allSatisfy { if case .export = $0 { false } else { true } })
  }

  @Test("what is taken along is listed at once")
  func taken() {
    var workstation = Workstation.onReport(Fixture.options(width: 160, height: 50))
    workstation.type("1")
    let id = workstation.clinician.report!.found.id
    _ = workstation.update(.exported("9.9", path: "/home/wu/9.9-v1.txt"))
    #expect(!workstation.screen(160, 50).contains("✓ just now to"))
    _ = workstation.update(.exported(id, path: "/home/wu/1.2.2-v1.txt"))
    #expect(workstation.screen(160, 50).contains("✓ just now to /home/wu/1.2.2-v1.txt"))
  }

  @Test("every letter is typed into the search, and only the last words are answered")
  func types() {
    var workstation = Workstation.onWorklist()
    let effects = workstation.type("gcdoe")
    #expect(effects.contains(.find("do")) && effects.contains(.find("doe")))
    _ = workstation.update(
      .found(PatientSearch(words: "do", studies: Fixture.search.studies, isCut: false)))
    #expect(workstation.clinician.answer == nil)
    _ = workstation.update(.found(Fixture.search))
    #expect(workstation.screen().contains("DOE, JANE · 00231802 · born 1961-03-12 · F"))
  }

  @Test("a study without a signature cannot be read, and says so")
  func unsigned() {
    var workstation = Workstation.onFinding()
    _ = workstation.press(.down)
    #expect(workstation.press(.enter) == [])
    #expect(workstation.notices.hint?.contains("not signed yet") == true)
    _ = workstation.press(.up)
    #expect(workstation.press(.enter) == [.readReport("1.2.2")])
  }

  @Test("the report comes with its key image, where it was delivered and who took it along")
  func reads() {
    let screen = Workstation.onReport(Fixture.options(width: 160, height: 50)).screen(160, 50)
    #expect(screen.contains("Suspicious for abnormality."))
    #expect(screen.contains("to folder: 1.2.2-v1.txt"))
    #expect(screen.contains("text by Dr Wu"))
    #expect(screen.prefix { $0 != "\n" }.contains("DOE, JANE"))
    // Only what the reader confirmed is drawn.
    #expect(screen.contains("R1") && !screen.contains("R2"))
  }

  @Test("what has reached nobody yet is said, with the reason where there is one")
  func undelivered() {
    var report = Fixture.clinicalReport()
    func words(_ report: ClinicalReport, _ status: SystemStatus = SystemStatus()) -> String {
      var workstation = Workstation.onFinding(Fixture.options(width: 160, height: 50))
      _ = workstation.update(.status(status))
      _ = workstation.press(.enter)
      _ = workstation.update(.reportRead(report))
      return workstation.screen(160, 50)
    }
    #expect(!words(report).contains("nowhere yet"))
    report = Fixture.clinicalReport(version: 2)
    #expect(words(report).contains("▲ version 2, shown here: nowhere yet"))
    report = Fixture.clinicalReport(dispatches: [])
    #expect(words(report).contains("▲ nowhere yet"))
    var status = SystemStatus.busy
    status.stages = [.init(name: "deliver", health: .failed, error: "The disk is full.")]
    #expect(words(report, status).contains("nowhere yet; delivery fails: The disk is full."))
    let preliminary = Fixture.clinicalReport(.preliminary, dispatches: [])
    #expect(words(preliminary).contains("a preliminary report is delivered to nobody"))
  }

  @Test("a preliminary report says that it is one, and is not taken along")
  func preliminary() {
    var workstation = Workstation.onReport(Fixture.options(), .preliminary)
    #expect(workstation.screen().contains("▲ PRELIMINARY, NOT SIGNED"))
    #expect(workstation.type("1") == [])
  }

  @Test("each form is one key, and nothing else is ever written", arguments: [false, true])
  func exports(isReadOnly: Bool) {
    var workstation = Workstation.onReport(Fixture.options(isReadOnly: isReadOnly))
    for (index, format) in ExportFormat.allCases.prefix(9).enumerated() {
      let effects = workstation.type("\(index + 1)")
      #expect(effects.first == .export("1.2.2", format))
    }
    for key in Command.table.flatMap(\.keys) where key != .character("g") {
      var copy = workstation
      for effect in copy.press(key) {
        switch effect {
        case .saveReview, .saveDraft, .sign, .importFiles, .openStudy:
          Issue.record("\(key) does \(effect)")
        default: break
        }
      }
    }
  }

  @Test("names are hidden on every part of it")
  func privacy() {
    var workstation = Workstation.onReport(Fixture.options(width: 160, height: 50))
    workstation.type("P")
    #expect(!workstation.screen(160, 50).contains("DOE"))
    #expect(workstation.screen(160, 50).contains("Names are hidden"))
    _ = workstation.press(.escape)
    #expect(!workstation.screen(160, 50).contains("JANE"))
  }

  @Test("Esc goes from the report to the search, clears it, and goes back to the list")
  func back() {
    var workstation = Workstation.onReport()
    _ = workstation.press(.escape)
    #expect(workstation.place == .finding)
    _ = workstation.press(.escape)
    #expect(workstation.clinician.line.text.isEmpty)
    _ = workstation.press(.escape)
    #expect(workstation.place == .worklist)
  }

  @Test("a report that cannot be had leaves the search usable, and F5 asks again")
  func failure() {
    var workstation = Workstation.onFinding()
    _ = workstation.press(.enter)
    _ = workstation.update(.failed(.background("report"), "The store is busy."))
    #expect(workstation.screen().contains("DOE, JANE"))
    #expect(workstation.press(.function(5)) == [.readReport("1.2.2")])
  }

  @Test("nobody found is said, and where too many are, so is that")
  func empty() {
    var workstation = Workstation.onWorklist()
    workstation.type("gcdoe")
    #expect(workstation.screen().contains("Looking…"))
    _ = workstation.update(.found(PatientSearch(words: "doe", studies: [], isCut: false)))
    #expect(workstation.screen().contains("Nobody here is called that."))
    _ = workstation.update(
      .found(PatientSearch(words: "doe", studies: Fixture.search.studies, isCut: true)))
    #expect(workstation.screen().contains("More patients match"))
  }
}
