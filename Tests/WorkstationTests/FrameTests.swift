import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("Images of many frames")
struct FrameTests {
  /// With a study open whose first image has three frames and whose second has one.
  private func opened() -> Workstation {
    var workstation = Workstation.onWorklist()
    _ = workstation.press(.enter)
    let row = Fixture.rows[0]
    _ = workstation.update(
      .studyOpened(
        OpenStudy(
          row: row,
          instances: [Fixture.instance(row, frames: 3), Fixture.instance(row, number: 2)])))
    _ = workstation.update(.imageLoaded("1.2.2.1", Fixture.image))
    return workstation
  }

  @Test("f and F go through the frames, each fetched once and counted on screen")
  func turning() {
    var workstation = opened()
    let image = Fixture.instance(Fixture.rows[0], frames: 3)
    #expect(workstation.screen().contains("frame 1/3"))
    #expect(workstation.type("f") == [.loadImage(image, frame: 1)])
    #expect(workstation.screen().contains("frame 2/3"))
    #expect(workstation.screen().contains("Decoding…"))
    _ = workstation.update(.imageLoaded("1.2.2.1", frame: 1, Fixture.image))
    #expect(!workstation.screen().contains("Decoding…"))
    #expect(workstation.type("F").isEmpty)
    #expect(workstation.type("f").isEmpty)
    #expect(workstation.type("f") == [.loadImage(image, frame: 2)])
    #expect(workstation.type("f").isEmpty)
    #expect(workstation.notices.hint == "This is the last frame")
  }

  @Test("an image is found again at the frame it was left at, also at the next start")
  func leftAt() {
    var workstation = opened()
    workstation.type("f.")
    #expect(workstation.screen().contains("2/2"))
    #expect(!workstation.screen().contains("frame"))
    workstation.type(",")
    #expect(workstation.screen().contains("frame 2/3"))
    #expect(workstation.screenState.frame == 1)
    var again = Workstation(options: Fixture.options(restored: workstation.screenState))
    _ = again.update(.worklist(Fixture.rows, asOf: Fixture.now))
    let row = Fixture.rows[0]
    _ = again.update(
      .studyOpened(OpenStudy(row: row, instances: [Fixture.instance(row, frames: 3)])))
    #expect(again.study?.frame == 1)
  }

  @Test("a region belongs to its frame: it is drawn there only, and n goes to it")
  func regions() {
    var workstation = opened()
    #expect(workstation.study?.shownFindings.count == 2)
    workstation.type("f")
    #expect(workstation.study?.shownFindings.isEmpty == true)
    _ = workstation.update(.imageLoaded("1.2.2.1", frame: 1, Fixture.image))
    workstation.type("b")
    _ = workstation.press(.enter)
    workstation.type("JJLL")
    _ = workstation.press(.enter)
    #expect(workstation.study?.currentFinding?.region.frame == 1)
    #expect(workstation.study?.shownFindings.count == 1)
    workstation.type("nn")
    #expect(workstation.study?.frame == 0)
  }

  @Test("a frame that cannot be decoded says why, and the others are still seen")
  func failed() {
    var workstation = opened()
    workstation.type("f")
    _ = workstation.update(.imageFailed("1.2.2.1", frame: 1, reason: "It ends early."))
    #expect(workstation.screen().contains("It ends early."))
    workstation.type("F")
    #expect(!workstation.screen().contains("It ends early."))
  }

  @Test("where there is one frame, the key says so")
  func single() {
    var workstation = Workstation.onStudy()
    workstation.type("f")
    #expect(workstation.notices.hint?.contains("one frame only") == true)
  }
}
