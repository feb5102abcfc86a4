import Radiology
import Testing

@testable import Workstation

@Suite("Where a role begins")
struct FirstScreenTests {
  private func place(_ roles: Set<StaffRole>, restored: ScreenState? = nil) -> Place {
    var options = Fixture.options(restored: restored)
    options.rights = roles.isEmpty ? .all : Rights(roles)
    return Workstation(options: options).place
  }

  @Test("a clinician looks for a patient, an admin at the system, a reader at the worklist")
  func roles() {
    #expect(place([.clinician]) == .finding)
    #expect(place([.admin]) == .system)
    #expect(place([.admin, .clinician]) == .system)
    #expect(place([.reader]) == .worklist)
    #expect(place([.reader, .admin]) == .worklist)
    #expect(place([.readOnly]) == .worklist)
    #expect(place([]) == .worklist)
  }

  @Test("where somebody left off last wins")
  func restored() {
    #expect(place([.clinician], restored: ScreenState()) == .worklist)
    var state = ScreenState()
    state.screen = .log
    #expect(place([.admin], restored: state) == .log)
  }
}
