import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("What a role allows at the screens")
struct RightsTests {
  private func options(_ rights: Rights) -> Options {
    var options = Fixture.options(width: 160, height: 50)
    options.rights = rights
    // Whoever was here before comes back to the worklist, whatever their role.
    options.restored = ScreenState()
    return options
  }

  private func workstation(_ rights: Rights) -> Workstation { .onStudy(options(rights)) }

  @Test("nobody but a reader decides, writes or signs", arguments: StaffRole.allCases)
  func deciding(role: StaffRole) {
    var workstation = workstation(Rights([role]))
    let work = workstation.study?.work
    for keys in ["na", "m", "cs", "A"] { workstation.type(keys) }
    #expect((workstation.study?.work != work) == (role == .reader))
    workstation.type("S")
    #expect((workstation.place == .signing) == (role == .reader))
    if role != .reader {
      #expect(workstation.notices.hint?.contains("your role is \(role.rawValue)") == true)
      #expect(workstation.notices.hint?.contains("needs reader") == true)
    }
  }

  @Test("only readers and clinicians take reports along", arguments: StaffRole.allCases)
  func exporting(role: StaffRole) {
    var workstation = workstation(Rights([role]))
    workstation.type("gwG")
    let isAllowed = [.reader, .clinician].contains(role)
    #expect(workstation.type("E").contains(.export("1.2.9", .text)) == isAllowed)
  }

  @Test("only readers and admins take studies in", arguments: StaffRole.allCases)
  func importing(role: StaffRole) {
    var workstation = workstation(Rights([role]))
    workstation.type(":import /studies")
    let isAllowed = [.reader, .admin].contains(role)
    #expect(
      workstation.press(.enter).contains(.importFiles(path: "/studies")) == isAllowed)
  }

  /// Commands by what they need.
  private static let ruledOut: [(StaffRole, absent: [String], present: [String])] = [
    (.reader, [], ["agree", "sign", "addendum", "export", "import"]),
    (.admin, ["agree", "call-normal", "sign", "export"], ["import", "next-region", "measure"]),
    (.clinician, ["agree", "undo", "new-region", "take-over", "import"], ["export", "prior"]),
    (.readOnly, ["agree", "close-second-look", "export", "import"], ["theme", "window", "quit"]),
  ]

  @Test("what a role rules out is in no list, from whatever screen", arguments: 0..<4)
  func lists(index: Int) {
    let (role, absent, present) = Self.ruledOut[index]
    for start in [workstation(Rights([role])), .onWorklist(options(Rights([role])))] {
      let help = Set(HelpOverlay(below: start.place).commands(start).map(\.name))
      let palette = Set(PaletteOverlay().matches(start).map(\.name))
      for list in [help, palette] {
        #expect(list.isDisjoint(with: absent), "\(role): \(list.intersection(absent))")
        #expect(list.isSuperset(of: present), "\(role): \(Set(present).subtracting(list))")
      }
    }
  }

  @Test("nothing a list offers does what the role may not", arguments: StaffRole.allCases)
  func offered(role: StaffRole) {
    let rights = Rights([role])
    for start in [workstation(rights), .onWorklist(options(rights))] {
      for command in PaletteOverlay().matches(start) {
        var after = start
        let acts = after.runFromList(command, Command.Call(argument: "x")).compactMap(\.act)
        #expect(acts.allSatisfy(rights.allow), "\(role) \(command.name): \(acts)")
      }
    }
  }

  @Test("the key of what is ruled out says why, also where it would not work anyway")
  func key() {
    var workstation = Workstation.onWorklist(options(Rights([.clinician])))
    workstation.type("a")
    #expect(workstation.notices.hint?.contains("your role is clinician") == true)
  }

  @Test("the header of the worklist says who one is")
  func header() {
    var workstation = workstation(Rights([.clinician]))
    workstation.type("gw")
    #expect(workstation.screen(160, 50).contains("Dr Osei, clinician"))
  }

  @Test("who may only look is told why with each key that would do more")
  func reason() {
    var workstation = workstation(Rights(readOnlyBecause: "[roles] gives no role to you"))
    workstation.type("a")
    #expect(workstation.notices.hint?.contains("[roles] gives no role to you") == true)
  }
}
