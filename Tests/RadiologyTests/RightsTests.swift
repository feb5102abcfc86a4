import Radiology
import Testing

@Suite("Rights")
struct RightsTests {
  private func rights(_ roles: [StaffRole: [String]]?, in groups: Set<String>) -> Rights {
    Rights(roles: roles, groups: groups) { ["radiology", "it", "ward", "staff"].contains($0) }
  }

  @Test("without a word about roles everybody may everything")
  func none() {
    for act in Act.allCases { #expect(rights(nil, in: []).allow(act)) }
  }

  @Test("somebody in two groups may what either allows")
  func union() {
    let both = rights([.reader: ["radiology"], .admin: ["it"]], in: ["it", "radiology", "staff"])
    for act in Act.allCases { #expect(both.allow(act)) }
    #expect(both.words == "reader and admin")
  }

  @Test("a role allows what it is there for and nothing else")
  func single() {
    let clinician = rights([.reader: ["radiology"], .clinician: ["ward"]], in: ["ward"])
    #expect(Act.allCases.filter(clinician.allow) == [.export])
    #expect(clinician.obstacle(.decide)?.contains("needs reader") == true)
  }

  @Test("in no group with a role one may only look, and is told why")
  func stranger() {
    for roles in [[.reader: ["radiology"]], [:]] as [[StaffRole: [String]]] {
      let stranger = rights(roles, in: ["staff"])
      #expect(!Act.allCases.contains(where: stranger.allow))
      #expect(stranger.obstacle(.export)?.contains("no role to any group you are in") == true)
    }
  }

  @Test("a group that does not exist leaves everybody with looking, and is named")
  func unknown() {
    let anybody = rights([.reader: ["radiology", "radiologie"]], in: ["radiology"])
    #expect(!Act.allCases.contains(where: anybody.allow))
    #expect(anybody.reason?.contains("“radiologie”") == true)
  }

  @Test("a session opened for looking gives nothing that the role would not, and less")
  func readOnlySession() {
    for role in StaffRole.allCases {
      let (usual, looking) = (Rights([role]), Rights([role]).whileReadOnly)
      #expect(Act.allCases.filter(looking.allow) == (usual.allow(.export) ? [.export] : []))
    }
    #expect(Rights.all.whileReadOnly.obstacle(.decide) == "this session is read-only")
  }

  @Test("a refusal says that nothing was changed and who may")
  func error() {
    let clinician = Rights([.clinician])
    #expect(throws: RightsError.self) { try RightsError.check(clinician, .decide) }
    #expect(throws: Never.self) { try RightsError.check(clinician, .export) }
  }
}
