import Foundation
import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("What arrived, what is missing, what to beware of")
struct ArrivalTests {
  private func worklist(_ row: WorklistRow, width: Int = 160) -> Workstation {
    var workstation = Workstation(options: Fixture.options(width: width, height: 50))
    _ = workstation.update(.worklist([row], asOf: Fixture.now))
    return workstation
  }

  private func opened(
    _ row: WorklistRow, caveats: [Caveat] = [], priors: [RemoteStudy] = [],
    earlier: [WorklistRow] = []
  ) -> Workstation {
    var workstation = worklist(row)
    _ = workstation.press(.enter)
    _ = workstation.update(
      .studyOpened(
        OpenStudy(
          row: row,
          instances: [
            Fixture.instance(row, caveats: caveats), Fixture.instance(row, number: 2),
          ], priors: earlier, remotePriors: priors)))
    return workstation
  }

  @Test("images that have not arrived are counted in the list, the preview and the study")
  func missing() {
    let row = Fixture.row(2, name: "DOE^JANE", probability: nil, expected: 15)
    let list = worklist(row).screen(160, 50)
    #expect(list.contains(" 1/15   –│"))
    #expect(list.contains("14 of 15 images have not"))
    #expect(opened(row).screen(160, 50).contains("14 of 15 images have not arrived."))
    let complete = Fixture.row(2, name: "DOE^JANE", probability: nil, expected: 1)
    #expect(!worklist(complete).screen(160, 50).contains("1/1   –│"))
  }

  @Test("a study of which more images may come is arriving, until the clock says it is complete")
  func arriving() {
    let row = Fixture.row(
      2, name: "DOE^JANE", probability: nil, state: .received, settles: Fixture.now + 30)
    var workstation = worklist(row)
    #expect(workstation.screen(160, 50).contains("arriving"))
    _ = workstation.update(.tick(Fixture.now + 31))
    #expect(!workstation.screen(160, 50).contains("arriving"))
  }

  @Test("an image that came after the signature stands in the list, the preview and the study")
  func late() {
    let row = Fixture.row(
      2, name: "DOE^JANE", probability: nil, state: .final, images: 3, late: 1)
    let list = worklist(row).screen(160, 50)
    #expect(list.contains(" 2+1   –│"))
    #expect(list.contains("1 image came after the"))
    let study = opened(row).screen(160, 50)
    #expect(study.contains("1 image came after the signature;"))
    #expect(!worklist(Fixture.row(3, name: "A", probability: nil)).screen(160, 50).contains("came"))
  }

  @Test("who signs is asked about images that may come, that came meanwhile, or cannot be read")
  func signing() {
    let before = Fixture.row(2, name: "DOE^JANE", probability: nil, images: 2)
    var workstation = opened(before)
    let after = Fixture.row(
      2, name: "DOE^JANE", probability: nil, images: 4, readable: 3, expected: 6,
      settles: Fixture.now + 30)
    _ = workstation.update(.worklist([after], asOf: Fixture.now))
    workstation.type("S")
    guard case .signing(let dialog)? = workstation.overlays.last else {
      Issue.record("the dialog opens")
      return
    }
    #expect(
      dialog.check.questions.map(\.text) == [
        "Images may still be arriving", "2 images came after the study was opened",
        "1 of 4 images could not be read", "2 images are still at the archive",
      ])
    #expect(workstation.screen(160, 50).contains("Images may still be arriving"))
  }

  @Test("the preview says what was asked for, how soon, and by whom")
  func order() {
    let order = Order(procedure: "Chest PA\u{1b}[2J", priority: .stat, source: "RIS north")
    let row = Fixture.row(2, name: "DOE^JANE", probability: nil, order: order)
    let screen = worklist(row).screen(160, 50)
    #expect(screen.contains("Asked for"))
    #expect(screen.contains("STAT, by RIS"))
    #expect(!screen.contains("\u{1b}"))
  }

  @Test("caveats stand beside their image and beside no other")
  func caveats() {
    var workstation = opened(
      Fixture.row(2, name: "DOE^JANE", probability: nil),
      caveats: [Caveat(.orientation, "The chest is on its head.")])
    #expect(workstation.screen(160, 50).contains("▲ The chest is on its head."))
    workstation.type(".")
    #expect(!workstation.screen(160, 50).contains("Take care"))
  }

  @Test("priors of an archive are listed with what fetches them")
  func remotePriors() {
    let prior = RemoteStudy(
      uid: "1.9.8", source: "pacs", date: "20230101", description: "CHEST", modalities: ["CR"])
    let screen = opened(Fixture.row(2, name: "DOE^JANE", probability: nil), priors: [prior])
      .screen(160, 50)
    #expect(screen.contains("2023-01-01 CR CHEST · at pacs"))
    #expect(screen.contains("secondlook pull 1.9.8"))
  }

  @Test("two priors are listed, and of the others it is said how many there are")
  func manyPriors() {
    let earlier = (20..<25).map {
      Fixture.row($0, name: "DOE^JANE", probability: nil, modality: "CR")
    }
    let remote = (1...3).map {
      RemoteStudy(uid: "1.9.\($0)", source: "pacs", date: "2023010\($0)", modalities: ["CT"])
    }
    let row = Fixture.row(2, name: "DOE^JANE", probability: nil)
    let screen = opened(row, priors: remote, earlier: earlier).screen(160, 50)
    #expect(screen.split(separator: "\n").count { $0.contains("CR CHEST PA") } == 2)
    #expect(screen.contains("and 3 more"))
    #expect(screen.contains("and 1 more"))
    let two = opened(row, earlier: Array(earlier.prefix(2))).screen(160, 50)
    #expect(!two.contains("more │") && !two.contains("and 0"))
  }

  @Test("the system screen lists who sent what, and what was refused and why")
  func system() {
    var workstation = Workstation.onWorklist(Fixture.options(width: 120, height: 40))
    _ = workstation.update(
      .status(
        SystemStatus(
          asOf: Fixture.now,
          arrivals: [
            Arrivals(
              source: "CR\u{1b}ROOM", instances: 12, refused: 1, bytes: 2_100_000,
              last: Fixture.now - 120)
          ],
          refused: [
            AuditEvent(
              number: 7, at: Fixture.now - 60, actor: "receive", kind: .refused, study: nil,
              detail: "The file is cut off.", previous: "", digest: "")
          ])))
    workstation.type("gs")
    let screen = workstation.screen(120, 40)
    #expect(screen.contains("ROOM"))
    #expect(screen.contains("12 objects") && screen.contains("2.1 MB"))
    #expect(screen.contains("▲ 1 without a picture"))
    #expect(screen.contains("receive") && screen.contains("The file is cut off."))
    #expect(!screen.contains("\u{1b}"))
  }
}
