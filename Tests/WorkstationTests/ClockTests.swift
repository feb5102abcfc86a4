import Foundation
import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("A clock that is set while somebody reads")
struct ClockTests {
  private func isDraft(_ effect: Effect) -> Bool {
    if case .saveDraft = effect { true } else { false }
  }

  @Test(
    "a draft is saved as soon as ever, before and after the jump",
    arguments: [-315_360_000, -3600, -61, 61, 3600, 315_360_000] as [Double])
  func drafts(jump: Double) throws {
    let later = Fixture.now + jump
    for isTypedBefore in [true, false] {
      var workstation = Workstation.onStudy()
      _ = workstation.update(.tick(Fixture.now))
      workstation.type("r")
      var effects: [Effect] = []
      if isTypedBefore { effects += workstation.type(" words") }
      effects += workstation.update(.tick(later))
      if !isTypedBefore { effects += workstation.type(" words") }
      if !effects.contains(where: isDraft) {
        #expect(try #require(workstation.nextTick) <= later + 1)
        effects += workstation.update(.tick(later + 1))
      }
      #expect(effects.contains(where: isDraft))
      #expect(workstation.now >= later && workstation.now <= later + 1)
    }
  }

  @Test("the list is read anew, and its ages are those of the clock there is")
  func ages() {
    var workstation = Workstation.onWorklist()
    #expect(workstation.update(.tick(Fixture.now + 7200)).contains(.loadWorklist) == false)
    #expect(workstation.screen().contains("2 h"))
    #expect(workstation.update(.tick(Fixture.now)).contains(.loadWorklist))
    #expect(workstation.now == Fixture.now)
    #expect(workstation.screen().contains("20 min"))
    #expect(workstation.update(.tick(Fixture.now - 0.5)) == [], "threads differ by as much")
    #expect(workstation.now == Fixture.now)
  }

  @Test("the system screen goes on being read")
  func system() throws {
    var workstation = Workstation.onWorklist()
    _ = workstation.update(.status(.busy))
    workstation.type("gs")
    let before = Fixture.now - 3600
    _ = workstation.update(.tick(before))
    #expect(try #require(workstation.nextTick) <= before + 10)
    #expect(workstation.update(.tick(before + 10)).contains(.loadStatus))
  }
}
