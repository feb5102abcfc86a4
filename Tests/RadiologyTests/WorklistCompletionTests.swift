import Radiology
import Testing

@Suite("Going on with a filter")
struct WorklistCompletionTests {
  @Test(
    "what begins so is known, and as much as is clear is put in",
    arguments: [
      ("cl", ["class:"], "class:"), ("class:su", ["class:suspicious"], "class:suspicious "),
      ("p>0.3 -class:un", ["-class:undetermined"], "p>0.3 -class:undetermined "),
      ("pri", ["priority:"], "priority:"), ("signed:", ["signed:today"], "signed:today "),
      ("s", ["second:", "signed:", "state:", "sex:", "source:"], "s"),
      ("class:suspicious", [], "class:suspicious"), ("patient:do", [], "patient:do"),
      ("waiti", ["waiting>"], "waiting>"), ("zzz", [], "zzz"),
      ("DOE cla", ["class:"], "DOE class:"),
    ])
  func completes(text: String, ways: [String], completed: String) {
    #expect(WorklistFilter.completions(of: text) == ways)
    #expect(WorklistFilter.completed(text) == completed)
  }

  @Test("every word that is put in can be understood")
  func understood() throws {
    for (field, words) in WorklistFilter.words {
      for word in words { _ = try WorklistFilter(parsing: "\(field):\(word)") }
    }
    for field in WorklistFilter.Field.allCases {
      _ = try WorklistFilter(parsing: "\(field.rawValue):x")
    }
  }

  @Test("every view that everybody has can be understood, whatever the reader is called")
  func views() throws {
    for view in WorklistView.all(for: "Dr \"Bones\" O'Neil") {
      _ = try WorklistFilter(parsing: view.filter)
    }
  }
}
