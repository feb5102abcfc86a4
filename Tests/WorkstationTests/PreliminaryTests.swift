import Foundation
import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("A preliminary report")
struct PreliminaryTests {
  /// With the dialog answered, and what was asked of the store for it.
  private func given() throws -> (Workstation, Report, Review) {
    var workstation = Workstation.onStudy()
    workstation.type("csW")
    #expect(workstation.screen().contains("Preliminary report"))
    workstation.type("1-22")
    let effects = workstation.press(.enter)
    guard case .givePreliminary(let report, let review, _)? = effects.first else {
      throw Missing()
    }
    return (workstation, report, review)
  }

  private struct Missing: Error {}

  @Test("it is let out by the same guard and the same four characters, and the study stays open")
  func gives() throws {
    var (workstation, report, review) = try given()
    #expect(report.author == "Dr Osei" && !report.isSigned)
    #expect(workstation.study?.isSigning == true)
    (report.state, report.version) = (.preliminary, 1)
    _ = workstation.update(.given(PreliminaryReport(report: report, review: review)))
    #expect(workstation.study?.id == "1.2.2" && workstation.study?.isSigning == false)
    #expect(workstation.notices.hint?.contains("Preliminary report given") == true)
    #expect(workstation.screen(160, 50).contains("preliminary given"))
    workstation.type("r.")
    #expect(workstation.study?.hasUnsavedDraft == true)
  }

  @Test("four other characters let nothing out, and what is missing blocks it")
  func refuses() {
    var workstation = Workstation.onStudy()
    workstation.type("W")
    #expect(workstation.screen().contains("✖ The study is called neither"))
    _ = workstation.press(.escape)
    workstation.type("csW2-1")
    let answer = workstation.press(.enter)
    #expect(answer == [] && workstation.place == .signing)
  }

  @Test("what failed is tried again as what it was, and never signs")
  func fails() throws {
    var (workstation, _, _) = try given()
    _ = workstation.update(.failed(.givePreliminary("1.2.2"), "The store is full."))
    #expect(workstation.screen().contains("✖ Not let out."))
    _ = workstation.press(.function(5))
    workstation.type("1-22")
    let effects = workstation.press(.enter)
    #expect(effects.contains { if case .givePreliminary = $0 { true } else { false } })
    #expect(!effects.contains { if case .sign = $0 { true } else { false } })
  }

  @Test("it is compared with what is signed after it")
  func compares() throws {
    var (workstation, report, _) = try given()
    (report.state, report.version) = (.preliminary, 1)
    _ = workstation.update(.failed(.givePreliminary("1.2.2"), "x"))
    _ = workstation.press(.control("e"))
    _ = workstation.update(.versions("1.2.2", [report]))
    #expect(workstation.place == .comparing)
    #expect(workstation.screen().contains("preliminary 1, given"))
  }

  @Test("whoever may only look gives none")
  func nobody() {
    var reading = Workstation.onStudy(Fixture.options(isReadOnly: true))
    reading.type("W")
    #expect(reading.overlays.isEmpty && reading.notices.hint?.contains("read-only") == true)
  }
}
