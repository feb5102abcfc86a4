import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("The worklist and its filter")
struct FilterTests {
  @Test(
    "a filter shows what it says",
    arguments: [
      ("", [2, 3, 7, 5, 4, 8, 6, 9]), ("class:suspicious", [2, 3]), ("class:again", [6]),
      ("class:failed", [5]), ("class:none", [8]), ("-class:suspicious p>0.1", [6, 9]),
      ("p>=0.91", [2, 3]), ("p<0.1", [7]), ("age>60 sex:f", [2, 4]), ("state:signed", [9]),
      ("state:unsigned regions>0", [2, 3, 6]), ("priority:stat", [2]), ("DOE", [2]),
      ("\"cough, 3\" p<0.2", [7, 9]), ("4711-25", [5]), ("modality:dx body:chest -doe p>0.9", [3]),
      ("waiting>4000", [9]), ("images=2", []), ("山田", [8]),
    ])
  func shows(text: String, expected: [Int]) {
    var workstation = Workstation.onWorklist()
    _ = workstation.filter(text)
    #expect(workstation.worklist.complaint == nil)
    #expect(workstation.worklist.shown.map(\.id) == expected.map { "1.2.\($0)" })
  }

  @Test(
    "a filter that cannot be understood says why and changes nothing",
    arguments: [
      ("class:foo", "no class"), ("p>", "number after it"), ("q>1", "no number"),
      ("colour:red", "no field"), ("class:", "needs a value"), ("\"open", "closing"),
      ("state:gone", "no state"), ("priority:now", "no priority"), ("p>nan", "number after it"),
    ])
  func complains(text: String, expected: String) {
    var workstation = Workstation.onWorklist()
    _ = workstation.filter(text)
    #expect(workstation.worklist.complaint?.description.contains(expected) == true)
    #expect(workstation.worklist.shown.count == Fixture.rows.count)
    #expect(workstation.screen().contains("▲"))
  }

  @Test("the list follows what is typed, and Escape shows everything again")
  func live() {
    var workstation = Workstation.onWorklist()
    workstation.type("/p>0.9")
    #expect(workstation.worklist.shown.count == 2)
    _ = workstation.press(.enter)
    #expect(workstation.place == .worklist)
    _ = workstation.press(.escape)
    #expect(workstation.worklist.shown.count == Fixture.rows.count)
  }

  @Test("the cursor stays on its study when the rows change")
  func cursor() {
    var workstation = Workstation.onWorklist()
    workstation.type("jjj")
    #expect(workstation.worklist.selected == "1.2.5")
    _ = workstation.update(
      .worklist(
        Fixture.rows.reversed() + [
          Fixture.row(99, name: "NEW", probability: 0.99, priority: .stat)
        ], asOf: Fixture.now))
    #expect(workstation.worklist.selected == "1.2.5")
  }

  @Test("marks survive new rows, and go with the studies that go")
  func marks() {
    var workstation = Workstation.onWorklist()
    workstation.type("  ")
    #expect(workstation.worklist.marked == ["1.2.2", "1.2.3"])
    _ = workstation.update(.worklist(Array(Fixture.rows.dropFirst()), asOf: Fixture.now))
    #expect(workstation.worklist.marked == ["1.2.3"])
  }

  @Test("an empty list says what to do")
  func empty() {
    var workstation = Workstation(options: Fixture.options())
    _ = workstation.update(.worklist([], asOf: Fixture.now))
    #expect(workstation.screen().contains("No studies yet. Type :import PATH"))
    _ = workstation.update(.worklist(Fixture.rows, asOf: Fixture.now))
    _ = workstation.filter("p>0.99")
    #expect(workstation.screen().contains("No study matches p>0.99. Esc clears the filter."))
  }

  @Test(
    "every order of the list is total and the same for any order of arrival",
    arguments: WorklistSort.allCases)
  func sorts(sort: WorklistSort) {
    let one = Fixture.rows.sorted { sort.precedes($0, $1) }.map(\.id)
    let other = Fixture.rows.reversed().sorted { sort.precedes($0, $1) }.map(\.id)
    #expect(one == other)
  }
}
