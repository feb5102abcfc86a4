import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("The table of commands")
struct CommandTests {
  @Test("no two commands share a key at one place", arguments: Place.allCases)
  func distinctKeys(place: Place) {
    var seen: [Key: String] = [:]
    for command in Keymap.standard.all(at: place) {
      for key in command.keys {
        #expect(seen[key] == nil, "\(key) is \(command.name) and \(seen[key] ?? "") at \(place)")
        seen[key] = command.name
      }
    }
  }

  @Test("no two commands share a name")
  func distinctNames() {
    #expect(Set(Command.table.map(\.name)).count == Command.table.count)
  }

  @Test("every command is in the help, whatever screen it is asked from", arguments: Place.allCases)
  func help(place: Place) {
    #expect(
      Set(HelpOverlay(below: place).commands(.onStudy()).map(\.name))
        == Set(Command.table.map(\.name)))
  }

  @Test("every command that means something by name is in the palette")
  func palette() {
    let all = PaletteOverlay().matches(.onStudy()).map(\.name)
    #expect(Set(all) == Set(Command.table.filter { !$0.isTyping }.map(\.name)))
  }

  @Test("the palette finds each command first by its own name")
  func exactName() {
    let workstation = Workstation.onStudy()
    for command in Command.table where !command.isTyping {
      var palette = PaletteOverlay()
      palette.list = NarrowedList(line: TextLine(command.name))
      #expect(palette.matches(workstation).contains { $0.name == command.name })
    }
  }

  @Test("where text is typed no character is a command", arguments: Place.allCases.filter(\.isText))
  func typing(place: Place) {
    for command in Keymap.standard.all(at: place) {
      for key in command.keys {
        if case .character = key { Issue.record("\(command.name) has \(key) at \(place)") }
      }
    }
  }

  @Test("every command has a sentence for the help")
  func explained() {
    for command in Command.table { #expect(!command.help.isEmpty, "\(command.name)") }
  }

  @Test("a key that does nothing here says where it works, once")
  func wrongPlace() {
    var workstation = Workstation.onWorklist()
    let answer = workstation.type("x")
    #expect(answer == [])
    #expect(workstation.notices.hint?.contains("x works") == true)
    workstation.type("j")
    #expect(workstation.notices.hint == nil)
  }

  @Test("what a key is for elsewhere fits into the footer", arguments: [60, 80, 100])
  func hintFits(width: Int) {
    for start in [
      Workstation.onWorklist(Fixture.options(width: width)),
      .onStudy(Fixture.options(width: width)),
    ] {
      for key in Command.table.flatMap(\.keys)
      where Keymap.standard.find(key, at: start.place) == nil {
        var workstation = start
        _ = workstation.press(key)
        guard let hint = workstation.notices.hint, workstation.place == start.place else {
          continue
        }
        #expect(workstation.screen(width).contains(hint), "\(hint)")
      }
    }
  }

  @Test("help runs the command picked from it")
  func helpRuns() {
    var workstation = Workstation.onWorklist()
    workstation.type("?sort by")
    _ = workstation.press(.enter)
    #expect(workstation.worklist.sort == .priority)
    #expect(workstation.overlays.isEmpty)
  }

  @Test("the palette hands over what stands after the name")
  func argument() {
    var workstation = Workstation.onWorklist()
    workstation.type(":import /tmp/a b.dcm")
    let answer = workstation.press(.enter)
    #expect(answer.contains(.importFiles(path: "/tmp/a b.dcm")))
    workstation.type(":filter class:failed")
    _ = workstation.press(.enter)
    #expect(workstation.worklist.shown.map(\.id) == ["1.2.5"])
  }

  @Test("a reader who may not write cannot decide, write or sign")
  func readOnly() {
    var workstation = Workstation.onStudy(Fixture.options(isReadOnly: true))
    let work = workstation.study?.work
    for text in ["a", "m", "x", "cn", "b", "e", "S", "A"] { workstation.type(text) }
    #expect(workstation.study?.work == work)
    #expect(workstation.place == .image)
    #expect(workstation.notices.hint?.contains("read-only") == true)
    workstation.type("r")
    workstation.type("words")
    #expect(workstation.study?.work == work)
  }
}
