import Foundation
import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("Documents that were given up, on the system screen")
struct DeadLetterTests {
  private func letter(
    _ number: Int, _ code: DeliveryProblem.Code, isUncertain: Bool = false
  ) -> SystemStatus.DeadLetter {
    SystemStatus.DeadLetter(
      OutboxItem(
        number: number, study: "1.2.\(number)", version: 2, format: .sr, destination: "PACS",
        state: .dead, attempts: 3, queued: Fixture.now - 9000, due: Fixture.now,
        changed: Fixture.now - 7200, code: code, reason: "The PACS said no, reason \(number).",
        isUncertain: isUncertain), accession: "4711-\(number)")
  }

  private var status: SystemStatus {
    var status = SystemStatus.busy
    status.deadLetters = [letter(31, .refused), letter(32, .patientChanged, isUncertain: true)]
    status.destinations = [OutboxFigures(destination: "PACS", dead: 40)]
    return status
  }

  private func onSystem(
    _ status: SystemStatus, _ options: Options = Fixture.options()
  ) -> Workstation {
    var workstation = Workstation.onWorklist(options)
    _ = workstation.update(.status(status))
    workstation.type("gs")
    return workstation
  }

  @Test("each is named by its accession with its destination and the reason", arguments: [60, 100])
  func named(width: Int) {
    let screen = onSystem(status).screen(width, 80)
    #expect(screen.contains("Documents given up  40  the oldest 2"))
    #expect(screen.contains("✖ 4711-31 ") && screen.contains("sr of version 2 to PACS"))
    #expect(screen.contains("The PACS said no, reason 31."))
    #expect(screen.contains("▲ An attempt ended without an answer"))
    #expect(!onSystem(.busy).screen(width, 80).contains("given up"))
  }

  @Test(
    "n goes on from studies to documents, into view at any size, with the cursor and what helps",
    arguments: ScreenTests.sizes)
  func selecting(size: (Int, Int)) throws {
    var workstation = onSystem(status, Fixture.options(width: size.0, height: size.1))
    for label in ["4711-25", "4711-24", "4711-31", "4711-32", "4711-25"] {
      workstation.type("n")
      let canvas = workstation.canvas(size.0, size.1)
      #expect(canvas.text.contains("▸ ✖ \(label)"))
      let cursor = try #require(canvas.cursor)
      #expect(canvas.text.split(separator: "\n")[cursor.y].contains(label))
    }
    workstation.type("NN")
    #expect(workstation.screen(size.0, size.1).contains("→ Ask whoever runs the destination"))
  }

  @Test("t has the selected one sent again, and says what sends it")
  func again() {
    var status = status
    var workstation = onSystem(status)
    #expect(workstation.type("nnnt") == [.sendAgain([31])])
    #expect(workstation.notices.hint?.contains("the agent sends it") == true)
    status.deadLetters.removeFirst()
    _ = workstation.update(.status(status))
    #expect(workstation.type("t") == [], "it is none of those given up any more")
    status.agent = .init(isRunning: false)
    var alone = onSystem(status)
    alone.type("nnntt")
    #expect(alone.notices.hint?.contains("secondlook agent") == true)
  }

  @Test("one of a doubtful patient is sent at the second key on it, and at no other")
  func doubtful() {
    var workstation = onSystem(status)
    #expect(workstation.type("nnnnt") == [])
    #expect(workstation.notices.hint?.contains("whose images") == true)
    #expect(workstation.type("nNt") == [], "what was asked before is forgotten elsewhere")
    var changed = status
    changed.deadLetters[1] = letter(32, .patientChanged)
    _ = workstation.update(.status(changed))
    #expect(workstation.type("t") == [], "it is not the one that was asked about")
    #expect(workstation.type("t") == [.sendAgain([32], settlingDoubts: true)])
    #expect(workstation.type("t") == [])
  }

  @Test("all of them are one command, for whom each of them is")
  func all() {
    var workstation = onSystem(status)
    workstation.type(":send-all-again")
    #expect(workstation.press(.enter) == [.sendAgain(nil)])
    var options = Fixture.options()
    options.rights = Rights([.clinician])
    var clinician = onSystem(status, options)
    #expect(!clinician.type("nnnt").contains(.sendAgain([31])))
    clinician.type(":send-all-again")
    #expect(!clinician.press(.enter).contains(.sendAgain(nil)))
  }

  @Test("the JSON has them with what helps, and no patient")
  func json() throws {
    let object = try #require(
      try JSONSerialization.jsonObject(with: JSONEncoder().encode(status)) as? [String: Any])
    let letters = try #require(object["deadLetters"] as? [[String: Any]])
    #expect(letters.compactMap { $0["number"] as? Int } == [31, 32])
    #expect(letters[0]["document"] as? String == "sr of version 2")
    #expect((letters[0]["remedy"] as? String)?.contains("outbox --retry") == true)
    #expect(letters[1]["uncertain"] as? Bool == true)
  }
}
