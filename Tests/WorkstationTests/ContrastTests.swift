import Terminal
import Testing

@testable import Workstation

@Suite("The high-contrast look")
struct ContrastTests {
  @Test(
    "is drawn in the inks that are recorded",
    arguments: [ScreenTests.Subject.worklist, .study, .sign], ScreenTests.sizes)
  func golden(subject: ScreenTests.Subject, size: (Int, Int)) throws {
    let canvas = subject.workstation(size.0, size.1).canvas(size.0, size.1)
    let theme = Theme(.highContrast, depth: .palette256, background: .light)
    let inks = (0..<canvas.height).map { Self.inks(of: canvas.row($0), theme) }
    try GoldenText.check(
      "\(canvas.text)\n\n\(inks.joined(separator: "\n"))",
      name: "contrast-\(subject.rawValue)-\(size.0)x\(size.1)")
  }

  /// `231/16*40 51/16b*3`: foreground, background and attributes, and for how many cells.
  private static func inks(of row: ArraySlice<Cell>, _ theme: Theme) -> String {
    var runs: [(ink: String, cells: Int)] = []
    for cell in row {
      let ink = theme.ink(for: cell.style)
      let attributes = [
        (ink.isBold, "b"), (ink.isUnderlined, "u"), (ink.isReverse, "r"),
      ].filter(\.0).map(\.1).joined()
      let name = "\(ink.foreground)/\(ink.background)\(attributes)"
      if runs.last?.ink == name { runs[runs.count - 1].cells += 1 } else { runs.append((name, 1)) }
    }
    return runs.map { "\($0.ink)*\($0.cells)" }.joined(separator: " ")
  }
}
