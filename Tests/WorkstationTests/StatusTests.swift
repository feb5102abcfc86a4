import Foundation
import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("The system screen and the sync screen")
struct StatusTests {
  private func on(_ keys: String, _ status: SystemStatus) -> Workstation {
    var workstation = Workstation.onWorklist(Fixture.options(width: 100, height: 60))
    _ = workstation.update(.status(status))
    workstation.type(keys)
    return workstation
  }

  @Test("an agent that does not run is said loudly, with the command that starts it")
  func dead() {
    var status = SystemStatus.busy
    status.agent = .init(isRunning: false, seen: Fixture.now - 300)
    let screen = on("gs", status).screen(60, 16)
    #expect(screen.contains("✖ AGENT NOT RUNNING"))
    #expect(screen.contains("5 min ago"))
    #expect(screen.contains("secondlook agent"))
  }

  @Test("a failure comes with its time and the command that helps; a mended one is told apart")
  func failures() {
    let screen = on("gs", .busy).screen(100, 60)
    #expect(screen.contains("✖ failed"))
    #expect(screen.contains("→ try: secondlook peer check"))
    #expect(screen.contains("· mended; failed"))
  }

  @Test("a delivery that waits for its next attempt is held up, not mended")
  func heldUp() {
    var status = SystemStatus.busy
    status.stages.append(
      .init(
        name: "deliver ward", health: .working, backlog: Backlog(count: 3, oldest: Fixture.now),
        succeeded: Fixture.now - 2, error: "Nobody listens there.", failed: Fixture.now - 60,
        remedy: "secondlook outbox"))
    func lines(_ figures: OutboxFigures) -> String {
      status.destinations = [figures]
      return on("gs", status).screen(100, 60)
    }
    let held = lines(OutboxFigures(destination: "ward", waiting: 3, reason: "Nobody listens."))
    #expect(held.contains("▲ deliver ward") && held.contains("▲ held up; failed"))
    #expect(held.contains("→ try: secondlook outbox"))
    let mended = lines(OutboxFigures(destination: "ward", delivered: 3))
    #expect(mended.contains("✓ deliver ward") && !mended.contains("held up"))
  }

  @Test("before the first answer nothing is called well or ill")
  func unread() {
    for keys in ["gs", "gy"] {
      let screen = on(keys, SystemStatus()).screen(60, 16)
      #expect(screen.contains("Reading how things are…"))
      #expect(!screen.contains("✓") && !screen.contains("NOT RUNNING"))
    }
  }

  @Test("what nobody knows is said to be unknown")
  func unknown() {
    let screen = on("gs", SystemStatus(asOf: Fixture.now)).screen(100, 60)
    #expect(screen.contains("Whether the agent runs is not known"))
    #expect(screen.contains("What the store holds is not known"))
    #expect(on("gy", .busy).screen(100, 60).contains("AUROC by round: not known"))
    #expect(
      on("gy", SystemStatus(asOf: Fixture.now)).screen(100, 60).contains(
        "takes part in a federation is not known"))
  }

  @Test("a full disk is a warning, and one with no room left is critical")
  func disk() {
    func words(_ free: Int?) -> String {
      var status = SystemStatus.busy
      status.storage = status.storage.map {
        .init(
          home: $0.home, figures: $0.figures, databaseBytes: 0,
          disk: free.map(SystemStatus.disk(free:)))
      }
      return on("gs", status).screen(100, 60)
    }
    #expect(words(50 << 30).contains("✓ disk 53.6 GB free"))
    #expect(words(8 << 30).contains("▲ disk 8.5 GB free"))
    #expect(words(100 << 20).contains("✖ disk 104.8 MB free"))
    #expect(words(nil).contains("▲ disk: how much is free is not known"))
  }

  @Test("the clock asks anew, and what is old says so")
  func stale() {
    var workstation = on("gs", .busy)
    #expect(workstation.nextTick.map { $0 <= Fixture.now + 10 } == true)
    let effects = workstation.update(.tick(Fixture.now + 11))
    #expect(effects.contains(.loadStatus))
    #expect(!workstation.update(.tick(Fixture.now + 12)).contains(.loadStatus))
    _ = workstation.update(.tick(Fixture.now + 300))
    #expect(workstation.screen(100, 60).contains("▲ as of"))
    workstation.type("q")
    #expect(!workstation.update(.tick(Fixture.now + 400)).contains(.loadStatus))
  }

  @Test("each screen beside the reading is remembered and come back to")
  func remembered() {
    for (keys, screen) in [("gs", ScreenState.Screen.system), ("gy", .sync)] {
      let workstation = on(keys, .busy)
      #expect(workstation.screenState.screen == screen)
      let again = Workstation(options: Fixture.options(restored: workstation.screenState))
      #expect(again.place == workstation.place)
    }
  }

  @Test("the JSON has every figure of the screen under a name of its own")
  func json() throws {
    let encoder = JSONEncoder()
    let data = try encoder.encode(SystemStatus.busy)
    let object = try #require(
      try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let keys = [
      "agent", "stages", "receiver", "archives", "arrivals", "refusals", "refused", "studies",
      "objectBytes", "databaseBytes", "disk", "check", "home", "asOf",
    ]
    for key in keys { #expect(object[key] != nil, "\(key)") }
    let stages = try #require(object["stages"] as? [[String: Any]])
    #expect(stages[2]["waiting"] as? Int == 12)
    #expect(stages[1]["remedy"] as? String == "secondlook peer check")
  }
}
