import Foundation
import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("Studies that failed, on the system screen")
struct FailedStudyTests {
  private func onSystem(
    _ status: SystemStatus = .busy, _ options: Options = Fixture.options()
  ) -> Workstation {
    var workstation = Workstation.onWorklist(options)
    _ = workstation.update(.status(status))
    workstation.type("gs")
    return workstation
  }

  @Test("each is named by its accession with its reason, and by no patient", arguments: [60, 100])
  func named(width: Int) {
    let screen = onSystem().screen(width, 60)
    #expect(screen.contains("Failed studies  2"))
    #expect(screen.contains("✖ 4711-25") && screen.contains("Its pixel data ends early."))
    #expect(!screen.contains("DOE"))
  }

  @Test("where nothing failed nothing is said of it, and the keys say so")
  func none() {
    var status = SystemStatus.busy
    (status.failedCount, status.failedStudies) = (0, [])
    var workstation = onSystem(status)
    #expect(!workstation.screen(100, 60).contains("Failed studies"))
    #expect(workstation.type("n") == [])
    #expect(workstation.notices.hint?.contains("no study has failed") == true)
    #expect(workstation.type("t") == [])
  }

  @Test(
    "n and N go round, into view at any size, with the real cursor", arguments: ScreenTests.sizes)
  func selecting(size: (Int, Int)) throws {
    var workstation = onSystem(.busy, Fixture.options(width: size.0, height: size.1))
    for (key, label) in [("n", "4711-25"), ("n", "4711-24"), ("n", "4711-25"), ("N", "4711-24")] {
      workstation.type(key)
      let canvas = workstation.canvas(size.0, size.1)
      #expect(canvas.text.contains("▸ ✖ \(label)"))
      let cursor = try #require(canvas.cursor)
      #expect(canvas.text.split(separator: "\n")[cursor.y].contains(label))
    }
  }

  @Test("t asks for the selected one alone, and once")
  func again() {
    var workstation = onSystem()
    #expect(workstation.type("t") == [])
    #expect(workstation.notices.hint?.contains("n goes to one") == true)
    #expect(workstation.type("nnt") == [.readAgain("1.2.24")])
    var status = SystemStatus.busy
    status.failedStudies[1] = status.failedStudies[1].askedAgain
    _ = workstation.update(.status(status))
    #expect(workstation.screen(100, 60).contains("▸ · 4711-24"))
    #expect(workstation.screen(100, 60).contains("asked to be read again"))
    #expect(workstation.type("t") == [])
    #expect(workstation.notices.hint?.contains("asked already") == true)
  }

  @Test("the cursor stays on its study when others fail, and on none once it is mended")
  func steady() {
    var workstation = onSystem()
    workstation.type("nn")
    var status = SystemStatus.busy
    status.failedStudies.removeFirst()
    _ = workstation.update(.status(status))
    #expect(workstation.type("t") == [.readAgain("1.2.24")])
    status.failedStudies = [SystemStatus.busy.failedStudies[0]]
    _ = workstation.update(.status(status))
    #expect(workstation.type("t") == [])
  }

  @Test("without an agent the answer says what has to run")
  func noAgent() {
    var status = SystemStatus.busy
    status.agent = .init(isRunning: false)
    var workstation = onSystem(status)
    workstation.type("nt")
    #expect(workstation.notices.hint?.contains("secondlook agent") == true)
  }

  @Test("only readers and admins ask", arguments: StaffRole.allCases)
  func rights(role: StaffRole) {
    var options = Fixture.options()
    options.rights = Rights([role])
    var workstation = onSystem(.busy, options)
    let isAllowed = [.reader, .admin].contains(role)
    #expect(workstation.type("nt").contains(.readAgain("1.2.25")) == isAllowed)
  }

  @Test("the JSON counts them and names them")
  func json() throws {
    let object = try #require(
      try JSONSerialization.jsonObject(with: JSONEncoder().encode(SystemStatus.busy))
        as? [String: Any])
    #expect(object["failed"] as? Int == 2)
    let studies = try #require(object["failedStudies"] as? [[String: Any]])
    #expect(studies[0]["reason"] as? String == "Its pixel data ends early.")
  }
}

extension FailedStudy {
  fileprivate var askedAgain: FailedStudy {
    FailedStudy(
      study: study, accession: accession, exam: exam, reason: reason, failed: failed,
      isAskedAgain: true)
  }
}
