import Foundation
import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("Ways to look at a study")
struct StudyGoldenTests {
  enum Subject: String, CaseIterable, Sendable {
    case readFirst = "read-first"
    case measure, heat, prior

    func workstation(_ width: Int, _ height: Int, colours: ColourDepth) -> Workstation {
      var workstation = Workstation.onWorklist(
        Fixture.options(
          width: width, height: height, capabilities: .init(colours: colours, unicode: true)))
      if self == .readFirst { workstation.type("R") }
      _ = workstation.press(.enter)
      let row = Fixture.rows[0]
      let earlier = Fixture.row(77, name: "DOE^JANE", probability: 0.9)
      _ = workstation.update(.studyOpened(Fixture.open(row, priors: [earlier])))
      _ = workstation.update(.imageLoaded("1.2.2.1", Fixture.image))
      switch self {
      case .readFirst: break
      case .measure:
        workstation.type("d")
        _ = workstation.press(.enter)
        workstation.type("LLJ")
      case .heat:
        workstation.type("o")
        _ = workstation.update(
          .heatLoaded(
            HeatMap(
              instance: "1.2.2.1", cells: 4,
              probabilities: [0, 0.1, 0.2, 0, 0.2, 0.7, 0.4, 0, 0, 0.4, 0.2] + [0, 0, 0, 0, 0],
              x: 0, y: 0, cellWidth: 50, cellHeight: 60)))
      case .prior:
        workstation.type("p")
        _ = workstation.update(.priorLoaded("1.2.77", [Fixture.instance(earlier)]))
        _ = workstation.update(.imageLoaded("1.2.77.1", Fixture.image))
      }
      return workstation
    }
  }

  @Test("look as they are recorded", arguments: Subject.allCases, ScreenTests.sizes)
  func golden(subject: Subject, size: (Int, Int)) throws {
    try check(subject, size, .palette256, name: "\(size.0)x\(size.1)")
  }

  @Test("look as they are recorded without colours", arguments: Subject.allCases)
  func mono(subject: Subject) throws {
    try check(subject, (80, 24), .mono, name: "80x24-mono")
  }

  private func check(
    _ subject: Subject, _ size: (Int, Int), _ colours: ColourDepth, name: String
  ) throws {
    try GoldenText.check(
      subject.workstation(size.0, size.1, colours: colours).screen(size.0, size.1),
      name: "study-\(subject.rawValue)-\(name)")
  }
}
