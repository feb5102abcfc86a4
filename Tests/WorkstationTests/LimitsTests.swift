import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("The model's limits")
struct LimitsTests {
  @Test(
    "scope, version and threshold are on every layout of a study", arguments: ScreenTests.sizes)
  func layouts(size: (Int, Int)) {
    for keys in ["", "Z", "\t", "\tZ", "r", "c", "x", "b", "w", "e"] {
      var workstation = Workstation.onStudy(Fixture.options(width: size.0, height: size.1))
      for character in keys {
        _ = workstation.press(character == "\t" ? .tab : .character(character))
      }
      let text = workstation.screen(size.0, size.1)
      for part in ["3f9a12c0", "0.42", "chest fro", "ot for "] {
        #expect(text.contains(part), "\(part) after \(keys) at \(size)")
      }
    }
  }

  @Test("they are told at any width, and the scope gives way first", arguments: 24...120)
  func widths(width: Int) {
    let limits = ModelLimits(
      scope: "CR/DX CHEST PA/AP 18–120 y", name: "chest r24",
      id: String(repeating: "3f9a12c07b44", count: 5), threshold: 0.42)
    let line = ModelLimits.line(limits, width: width)
    let rest = ModelLimits.rest(limits, width: width)
    #expect(line.contains("ot for") && line.contains("diagnosis"))
    // What the border of the image has no room for stands on the one beside it.
    let both = line + rest
    #expect(both.contains("3f9a12c0") && both.contains("0.42") && both.contains("CR"))
    #expect(cellWidth(of: line) <= width && cellWidth(of: rest) <= width)
  }

  @Test("a study that no model looked at says so")
  func none() {
    #expect(ModelLimits.line(nil, width: 24) == "Not for diagnosis")
    #expect(ModelLimits.line(nil, width: 40) == "Not for diagnosis · no model")
    #expect(ModelLimits.line(nil, width: 90).contains("no model has judged this study"))
  }
}
