import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("What a role allows at the screens")
struct RightsTests {
  private func workstation(_ rights: Rights) -> Workstation {
    var options = Fixture.options(width: 160, height: 50)
    options.rights = rights
    return .onStudy(options)
  }

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
