import Radiology
import Reporting
import Terminal
import Testing

@testable import Workstation

@Suite("Earlier reports and documents beside a study")
struct DocumentsTests {
  private let letter = ReadDocument(
    title: "Radiology Report", facts: ["Verified by Osei, Ama, 2025-03-02"],
    lines: ["Findings: a small nodule, \u{1b}[2Jstable"])

  private func opened() -> Workstation {
    var workstation = Workstation.onWorklist(Fixture.options(width: 160, height: 50))
    _ = workstation.press(.enter)
    _ = workstation.update(.studyOpened(Fixture.open(Fixture.rows[0])))
    _ = workstation.update(.imageLoaded("1.2.2.1", Fixture.image))
    return workstation
  }

  @Test("^P asks for them and shows them at the right edge, the image stays in view; Esc closes")
  func shown() {
    var workstation = opened()
    #expect(workstation.press(.control("p")) == [.loadDocuments("1.2.2")])
    _ = workstation.update(.documents("1.2.2", [letter]))
    let screen = workstation.screen(160, 50)
    for words in ["Radiology Report", "Verified by Osei, Ama", "a small nodule"] {
      #expect(screen.contains(words), "\(words)")
    }
    #expect(!screen.contains("\u{1b}"))
    _ = workstation.press(.escape)
    #expect(!workstation.screen(160, 50).contains("Radiology Report"))
  }

  @Test("those of another study are not shown, nor over what the reader does meanwhile")
  func late() {
    var workstation = opened()
    _ = workstation.update(.documents("1.2.9", [letter]))
    #expect(workstation.overlays.isEmpty)
    workstation.type("?")
    _ = workstation.update(.documents("1.2.2", [letter]))
    #expect(workstation.overlays.count == 1)
    #expect(!workstation.screen(160, 50).contains("a small nodule"))
  }

  @Test("a study without any says so")
  func none() {
    var workstation = opened()
    _ = workstation.press(.control("p"))
    _ = workstation.update(.documents("1.2.2", []))
    #expect(workstation.overlays.isEmpty)
    #expect(workstation.notices.hint?.hasPrefix("No document") == true)
  }
}
