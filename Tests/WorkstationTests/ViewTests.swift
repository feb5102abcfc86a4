import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("Views of the worklist")
struct ViewTests {
  private func run(_ command: String, _ workstation: inout Workstation) {
    workstation.type(command)
    _ = workstation.press(.enter)
  }

  private func shown(_ key: String) -> [String] {
    var workstation = Workstation.onWorklist()
    workstation.type(key)
    return workstation.worklist.shown.map { String($0.id.dropFirst(4)) }
  }

  @Test("a digit shows what its view says")
  func digits() {
    #expect(shown("1").count == Fixture.rows.count)
    #expect(shown("3") == ["2", "3"])
    #expect(shown("4") == ["6"])
    #expect(shown("5") == ["7"])
    #expect(shown("6") == ["5", "4"])
    #expect(shown("7").isEmpty)
    #expect(shown("8").isEmpty)
  }

  @Test("a view of one's own is kept, found by key and name, and comes back at the next start")
  func own() {
    var workstation = Workstation.onWorklist()
    _ = workstation.filter("p>0.9")
    run(":save-view chest today", &workstation)
    workstation.type("1")
    #expect(workstation.worklist.shown.count == Fixture.rows.count)
    workstation.type("9")
    #expect(workstation.worklist.shown.map(\.id) == ["1.2.2", "1.2.3"])
    var options = Fixture.options()
    options.restored = workstation.screenState
    var next = Workstation.onWorklist(options)
    run(":view chest", &next)
    #expect(next.worklist.filterLine.text == "p>0.9")
    run(":forget-view chest today", &next)
    next.type("9")
    #expect(next.notices.hint?.contains("no view 9") == true)
  }

  @Test("Tab goes on with the word, and the line below says what there is")
  func completes() {
    var workstation = Workstation.onWorklist()
    workstation.type("/class:")
    #expect(workstation.screen().contains("Tab: class:normal  class:suspicious"))
    workstation.type("su")
    _ = workstation.press(.tab)
    #expect(workstation.worklist.filterLine.text == "class:suspicious ")
    #expect(workstation.worklist.shown.map(\.id) == ["1.2.2", "1.2.3"])
    #expect(workstation.place == .filter)
  }

  @Test("a word typed after a view narrows it")
  func narrows() {
    var workstation = Workstation.onWorklist()
    workstation.type("3/doe")
    #expect(workstation.worklist.shown.map(\.id) == ["1.2.2"])
  }

  @Test("whoever waits too long is marked by more than a colour, and a signed study is not")
  func waited() {
    let text = Workstation.onWorklist(Fixture.options(width: 160, height: 50)).screen(160, 50)
    func line(_ name: String) -> Substring? {
      text.split(separator: "\n").first { $0.contains(name) }
    }
    #expect(line("MARTIN")?.contains("▲2 d") == true)
    #expect(line("SATO")?.contains("▲") == false)
    #expect(line("KHAN")?.contains("▲") == false)
  }
}
