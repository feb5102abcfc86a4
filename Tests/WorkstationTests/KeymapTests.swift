import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("A reader's own keys")
struct KeymapTests {
  private func keymap(_ wishes: [String: [String]]) throws -> Keymap {
    try Keymap(wishes.sorted { $0.key < $1.key }.map { KeyWish(command: $0.key, keys: $0.value) })
  }

  private func workstation(_ wishes: [String: [String]]) throws -> Workstation {
    var options = Fixture.options()
    options.keymap = try keymap(wishes)
    return .onStudy(options)
  }

  /// What a wish is refused with.
  private func refusal(_ wishes: [String: [String]]) -> String {
    do {
      _ = try keymap(wishes)
      return "accepted"
    } catch { return "\(error)" }
  }

  @Test("run their command, and the old key says what it is not")
  func rebound() throws {
    var workstation = try workstation(["agree": ["y", "F7"]])
    workstation.type("n")
    workstation.type("a")
    #expect(workstation.study?.findings.map(\.state) == [.open, .open])
    #expect(workstation.notices.hint?.contains("a works while editing") == true)
    workstation.type("y")
    #expect(workstation.study?.findings.contains { $0.state == .agreed } == true)
  }

  @Test("are what footer, help and palette show")
  func shown() throws {
    var workstation = try workstation(["agree": ["y"], "help": ["F2"], "go": ["G"], "last": ["F8"]])
    #expect(workstation.screen().contains("y agree"))
    #expect(workstation.screen().contains("F2 help"))
    workstation.type(":agree")
    #expect(
      workstation.screen().split(separator: "\n").contains {
        $0.contains("agree ") && $0.contains(" y │")
      })
    _ = workstation.press(.escape)
    _ = workstation.press(.function(2))
    workstation.type("the worklist")
    #expect(workstation.screen().contains("G w"))
  }

  @Test("bind what the palette would be given, beside the keys there are")
  func argument() throws {
    var workstation = try workstation(["window lung": ["F7"], "pan left": ["F8"]])
    _ = workstation.press(.function(7))
    #expect(workstation.screen().contains("lung"))
    let before = workstation.study?.viewports
    workstation.type("++")
    let zoomed = workstation.study?.viewports
    _ = workstation.press(.function(8))
    #expect(workstation.study?.viewports != zoomed)
    #expect(before != zoomed)
    workstation.type("?pan left")
    #expect(workstation.screen().contains("F8"))
  }

  @Test("may change places")
  func swapped() throws {
    var workstation = try workstation(["agree": ["x"], "reject": ["a"]])
    workstation.type("nx")
    #expect(workstation.study?.findings.contains { $0.state == .agreed } == true)
    workstation.type("a")
    #expect(workstation.place == .rejecting)
    #expect(
      try keymap(["agree": ["x"], "reject": ["a"]]).table.first {
        $0.places == [.rejecting]
      }?.shownKeys.hasPrefix("a ") == true)
  }

  @Test("never take away Escape")
  func escape() throws {
    var workstation = try workstation(["cancel": ["F7"], "back": ["b"], "new-region": ["B"]])
    workstation.type("c")
    _ = workstation.press(.escape)
    #expect(workstation.place == .image)
    _ = workstation.press(.escape)
    #expect(workstation.place == .worklist)
  }

  @Test(
    "are refused with what is wrong",
    arguments: [
      (["agre": ["y"]], "is no command"),
      (["agree": ["F99"]], "which is no key"),
      (["agree": ["\u{301}"]], "which is no key"),
      (["agree": ["Esc"]], "way out"),
      (["agree": ["^C"]], "way out"),
      (["agree": ["^M"]], "terminals send it for Enter"),
      (["agree": ["x"]], "means “reject”"),
      (["sign-report": ["s"]], "that key is typed"),
      (["sign-report": ["7"]], "that key is typed"),
      (["redo": ["U"]], "that key is typed"),
      (["pan": ["y"]], "each mean something else"),
      (["pan lft": ["F7"]], "comes left, down, up, right"),
      (["agree now": ["F7"]], "is given nothing"),
      (["pan left": []], "needs a key"),
      (["palette": []], "needs a key"),
      (["confirm": []], "needs a key"),
      (["agree": []], "accepted"),
      (["level": [], "agree": ["["]], "accepted"),
      (["filter class:failed": ["F7"]], "accepted"),
    ])
  func refused(wishes: [String: [String]], sentence: String) {
    #expect(refusal(wishes).contains(sentence), "\(wishes): \(refusal(wishes))")
  }

  @Test("are read as they are shown", arguments: Set(Command.table.flatMap(\.keys)))
  func read(key: Key) { #expect(Key(reading: key.name) == key) }

  @Test("a command whose keys mean the same does the same with each of them")
  func sameKeys() throws {
    let starts = [Workstation.onWorklist(), .onStudy(images: 3)]
    for command in Command.table where !command.hasWays && command.keys.count > 1 {
      // Where text is typed these go through the text first; Escape at the worklist never leaves.
      guard !["section-up", "section-down", "back"].contains(command.name) else { continue }
      for start in starts where command.places.contains(start.place) {
        let ends = command.keys.map { key in
          var workstation = start
          let effects = workstation.press(key)
          return "\(effects)" + workstation.screen()
        }
        #expect(Set(ends).count == 1, "\(command.name)")
      }
    }
  }
}

@Suite("The look")
struct LookTests {
  @Test("chosen by name is shown at once and at the next start")
  func chosen() {
    var workstation = Workstation.onWorklist()
    workstation.type(":theme high-contrast")
    #expect(workstation.press(.enter).contains(.useTheme(.highContrast)))
    let again = Workstation(options: Fixture.options(restored: workstation.screenState))
    #expect(again.start().contains(.useTheme(.highContrast)))
  }

  @Test("of one session is not remembered")
  func once() {
    var options = Fixture.options()
    options.theme = .light
    let workstation = Workstation(options: options)
    #expect(workstation.start().contains(.useTheme(.light)))
    #expect(workstation.screenState.theme == nil)
  }

  @Test("that does not exist is refused with those that do")
  func unknown() {
    var workstation = Workstation.onWorklist()
    workstation.type(":theme pink")
    _ = workstation.press(.enter)
    #expect(workstation.screen().contains("high-contrast"))
  }

  @Test("and the mouse are the configuration's until the reader chose")
  func mouse() {
    var options = Fixture.options()
    options.usesMouse = false
    var workstation = Workstation(options: options)
    #expect(workstation.start().contains(.captureMouse(false)))
    let state = workstation.screenState
    #expect(state.capturesMouse == nil)
    #expect(workstation.press(.function(9)).contains(.captureMouse(true)))
    options.restored = workstation.screenState
    #expect(Workstation(options: options).start().contains(.captureMouse(true)))
    options.restored = state
    options.usesMouse = true
    #expect(Workstation(options: options).start().contains(.captureMouse(true)))
  }
}
