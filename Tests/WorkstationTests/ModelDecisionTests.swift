import Foundation
import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("Models on the sync screen")
struct ModelDecisionTests {
  private func version(_ id: String, _ state: ModelVersion.State) -> ModelVersion {
    ModelVersion(id: id, name: "chest", made: Fixture.now - 60, state: state)
  }

  private func onSync(
    _ verdict: ModelTrial.Verdict?, against: String = "aaaa", retired: Bool = true,
    _ options: Options = Fixture.options()
  ) -> Workstation {
    var status = SystemStatus.busy
    status.model = version("aaaa", .active)
    status.models = [version("cccc", .candidate), version("aaaa", .active)]
    if retired { status.models.append(version("0000", .retired)) }
    status.trials =
      verdict.map { verdict in
        [
          "cccc": ModelTrial(
            model: "cccc", against: against, made: Fixture.now, lessons: 120,
            checks: [
              ModelTrial.Check(
                name: "AUROC", verdict: verdict, candidate: 0.871, active: 0.866, low: -0.012,
                high: 0.021, cases: 120, suspicious: 50, reason: "So it is.")
            ])
        ]
      } ?? [:]
    var workstation = Workstation.onWorklist(options)
    _ = workstation.update(.status(status))
    workstation.type("gy")
    return workstation
  }

  @Test("a trial's figures are on the screen, and m promotes at the second key only")
  func promotes() {
    var workstation = onSync(.passed)
    let screen = workstation.screen(100, 100)
    #expect(screen.contains("trial passed"))
    #expect(screen.contains("AUROC 0.871, active 0.866 (-0.012 to +0.021)"))
    #expect(workstation.type("m").isEmpty)
    #expect(workstation.notices.hint?.contains("again confirms") == true)
    #expect(workstation.type("m") == [.decideModel(.promote("cccc"))])
  }

  @Test(
    "what has not passed beside the model that is active now cannot be promoted here",
    arguments: [(ModelTrial.Verdict?.none, "aaaa"), (.undecided, "aaaa"), (.passed, "bbbb")])
  func notPassed(verdict: ModelTrial.Verdict?, against: String) {
    var workstation = onSync(verdict, against: against)
    #expect(workstation.type("mm").isEmpty)
  }

  @Test("d rejects and u rolls back, each at the second key for the same")
  func others() {
    var workstation = onSync(.undecided)
    #expect(workstation.type("d").isEmpty)
    #expect(workstation.type("u").isEmpty)
    #expect(workstation.type("d").isEmpty)
    #expect(workstation.type("d") == [.decideModel(.reject("cccc"))])
    #expect(workstation.type("u").isEmpty)
    #expect(workstation.type("u") == [.decideModel(.rollBack)])
    var first = onSync(nil, retired: false)
    #expect(first.type("uu").isEmpty)
  }

  @Test("who may not administer decides about no model")
  func rights() {
    var options = Fixture.options()
    options.rights = Rights([.reader])
    var reader = onSync(.passed, options)
    for keys in ["mm", "dd", "uu"] { #expect(reader.type(keys).isEmpty) }
  }
}
