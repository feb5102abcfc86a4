import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("An earlier study beside the open one")
struct PriorTests {
  private let earlier = Fixture.row(77, name: "DOE^JANE", probability: 0.9, regions: [0.9])

  private func opened(_ width: Int = 160, _ height: Int = 50) -> Workstation {
    var workstation = Workstation.onWorklist(Fixture.options(width: width, height: height))
    _ = workstation.press(.enter)
    _ = workstation.update(.studyOpened(Fixture.open(Fixture.rows[0], priors: [earlier])))
    _ = workstation.update(.imageLoaded("1.2.2.1", Fixture.image))
    return workstation
  }

  private func beside(_ width: Int = 160, _ height: Int = 50) -> Workstation {
    var workstation = opened(width, height)
    workstation.type("p")
    _ = workstation.update(.priorLoaded("1.2.77", [Fixture.instance(earlier)]))
    _ = workstation.update(.imageLoaded("1.2.77.1", Fixture.image))
    return workstation
  }

  @Test("p fetches it, says whose date it is, and closes it again", arguments: ScreenTests.sizes)
  func toggles(size: (Int, Int)) {
    var workstation = opened(size.0, size.1)
    #expect(workstation.type("p") == [.loadPrior("1.2.77")])
    let effects = workstation.update(.priorLoaded("1.2.77", [Fixture.instance(earlier)]))
    #expect(effects == [.loadImage(Fixture.instance(earlier))])
    _ = workstation.update(.imageLoaded("1.2.77.1", Fixture.image))
    #expect(workstation.screen(size.0, size.1).contains("PRIOR 2026-11-18"))
    workstation.type("p")
    #expect(!workstation.screen(size.0, size.1).contains("PRIOR 2026-11-18"))
  }

  @Test(
    "with an earlier study beside it the screen still says that it is no diagnosis, and by whom",
    arguments: ScreenTests.sizes)
  func limits(size: (Int, Int)) {
    let text = beside(size.0, size.1).screen(size.0, size.1)
    for part in ["ot for ", "3f9a12c0", "0.42", "che"] {
      #expect(text.contains(part), "\(part) at \(size)")
    }
  }

  @Test("the same image looks the same on both sides, wherever it is looked at and however")
  func linked() {
    var workstation = beside()
    for key in ["", "+", "+", "l", "J", "i", "]", "5", "=", "z"] {
      workstation.type(key)
      guard let layout = workstation.study.map({ workstation.studyContext.layout($0) }),
        let left = layout.image, let right = layout.prior
      else {
        Issue.record("both have a place")
        return
      }
      workstation.study?.showsRegions = false
      let canvas = workstation.canvas(160, 50)
      // The first row inside, without the frame and what overlaps.
      let width = min(left.width, right.width) - 2
      let row = Array(canvas.row(left.y + 3))
      let one = row[(left.x + 1)..<(left.x + 1 + width)]
      let other = row[(right.x + 1)..<(right.x + 1 + width)]
      let difference = zip(one, other).count { $0 != $1 }
      #expect(left.width == right.width && difference == 0, "after \(key)")
      workstation.study?.showsRegions = true
    }
  }

  @Test("no key for the open study ever changes the earlier one")
  func onlyToCompare() {
    var workstation = beside()
    for key in "amcsxsbd" {
      for effect in workstation.type(String(key)) {
        switch effect {
        case .saveReview(let review): #expect(review.study == "1.2.2")
        case .saveDraft(let report): #expect(report.study == "1.2.2")
        default: break
        }
      }
      _ = workstation.press(.escape)
      if workstation.study == nil { workstation = beside() }
    }
  }

  @Test("what cannot be shown says so, and where there is none the key does")
  func nothing() {
    var workstation = opened()
    workstation.type("p")
    _ = workstation.update(.priorLoaded("1.2.77", []))
    #expect(workstation.screen(160, 50).contains("There is no image of it"))
    workstation = opened()
    workstation.type("p")
    _ = workstation.update(.priorLoaded("1.2.77", [Fixture.instance(earlier)]))
    _ = workstation.update(.imageFailed("1.2.77.1", reason: "It ends early."))
    #expect(workstation.screen(160, 50).contains("It ends early."))
    workstation = .onStudy()
    workstation.type("p")
    #expect(workstation.notices.hint?.contains("there is no earlier study") == true)
  }

  @Test("an answer for another study is ignored")
  func late() {
    var workstation = opened()
    workstation.type("p")
    let answer = workstation.update(.priorLoaded("1.2.9", [Fixture.instance(earlier)]))
    #expect(answer.isEmpty)
    #expect(workstation.study?.prior?.instance == nil)
  }
}
