import Foundation
import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("The federation on the sync screen")
struct FederationScreenTests {
  private func task(_ name: String = "stem") -> LearningTask {
    LearningTask(
      coordinator: "hub.example:8443", parts: [.init(name: name, shape: [16, 1, 3, 3])],
      settings: ["steps": "20"], partners: ["Northfield", "St Mary"], clip: 1, noise: 0.5,
      asked: Fixture.now - 600
    ) { String($0.utf8.reduce(UInt64(7)) { $0 &* 31 &+ UInt64($1) }, radix: 16) + "0000000000" }
  }

  private func federation(
    seat: Bool = true, names: [String] = [], pause: FederationPause? = nil,
    tasks: [LearningTask] = [],
    epsilon: Double? = 2.5, phase: FederationProgress.Phase = .training
  ) -> FederationStatus {
    FederationStatus(
      seat: seat
        ? FederationSeat(
          url: "https://hub.example:8443", hasAuthority: true, hasCertificate: false, key: "ab12",
          joinedBy: "Ada", joined: Fixture.now - 86_400) : nil,
      names: names, pause: pause,
      progress: FederationProgress(
        phase: phase, round: 3, rounds: 20, done: 0.5, at: Fixture.now - 5),
      tasks: tasks, releases: [],
      privacy: .init(
        epsilon: epsilon, delta: 1e-5, budget: 8, noisy: 2, plain: epsilon == nil ? 1 : 0),
      lessons: 412, validation: 61)
  }

  private func onSync(
    _ federation: FederationStatus, _ options: Options = Fixture.options()
  ) -> Workstation {
    var status = SystemStatus.busy
    status.federation = federation
    var workstation = Workstation.onWorklist(options)
    _ = workstation.update(.status(status))
    workstation.type("gy")
    return workstation
  }

  @Test("the round, the lessons and what privacy was spent are told", arguments: [60, 100])
  func told(width: Int) {
    let screen = onSync(federation()).screen(width, 60)
    for words in [
      "https://hub.example:8443", "training, round 3 of 20, 50 % done", "privacy spent ε 2.5 of 8",
      "412 to learn from, 61 to calibrate", "left this building nothing yet",
    ] { #expect(screen.contains(words), "\(words)") }
  }

  @Test("a site has the name that its partners know it by, and finds what left under each it had")
  func named() {
    var status = SystemStatus.busy
    status.site = "rad-ws-07"
    #expect(status.departures.isEmpty)
    status.federation = federation(names: ["St Mary", "Northfield"])
    #expect(!status.departures.isEmpty)
    let screen = onSync(federation(names: ["St Mary", "Northfield"])).screen(100, 60)
    #expect(screen.contains("this site is Northfield to its partners"))
    #expect(!onSync(federation()).screen(100, 60).contains("to its partners"))
  }

  @Test("an update without noise is bounded by nothing, and a site without a seat is told to join")
  func unbounded() {
    #expect(onSync(federation(epsilon: nil)).screen(100, 60).contains("not bounded: 1 answer left"))
    #expect(onSync(federation(seat: false)).screen(100, 60).contains("secondlook federation join"))
  }

  @Test("what waits says what would leave, and a approves it at the second key only")
  func approving() {
    var workstation = onSync(federation(tasks: [task()], phase: .pending))
    let screen = workstation.screen(100, 60)
    #expect(screen.contains("WAITS"))
    #expect(screen.contains("1 arrays of Float32, 576 B"))
    #expect(screen.contains("with Northfield, St Mary"))
    #expect(workstation.type("a").isEmpty)
    #expect(workstation.notices.hint?.contains("again approves") == true)
    #expect(workstation.type("a") == [.decideTask(task().id, .approved)])
  }

  @Test("a question about one task approves no other")
  func another() {
    var workstation = onSync(federation(tasks: [task()]))
    workstation.type("a")
    var status = workstation.status
    status.federation = federation(tasks: [task("other")])
    _ = workstation.update(.status(status))
    #expect(workstation.type("a").isEmpty)
  }

  @Test("x refuses, p pauses, and p goes on")
  func refusing() {
    var workstation = onSync(federation(tasks: [task()]))
    #expect(workstation.type("x") == [.decideTask(task().id, .refused)])
    #expect(workstation.type("p") == [.pauseFederation(true)])
    let pause = FederationPause(by: "Ben", at: Fixture.now - 60, reason: "an audit")
    var paused = onSync(federation(pause: pause))
    #expect(paused.screen(100, 60).contains("paused by Ben"))
    #expect(paused.type("p") == [.pauseFederation(false)])
  }

  @Test("who may not administer decides nothing")
  func rights() {
    var options = Fixture.options()
    options.rights = Rights([.reader])
    var reader = onSync(federation(tasks: [task()]), options)
    for keys in ["aa", "x", "p"] { #expect(reader.type(keys).isEmpty) }
  }
}
