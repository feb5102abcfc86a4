import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("Every screen keeps to its rectangle")
struct ScreenRectTests {
  typealias Subject = ScreenTests.Subject

  /// A name that is wide, joins marks, turns the writing round and would move a cursor.
  private static let name = "山田e\u{301}\u{301}\u{200d}👩‍⚕️^\u{1b}[5;5H\u{202e}\u{7}DOE"

  /// A screen whose study has that name, with an error line below it for every second seed.
  private func workstation(_ subject: Subject, _ size: (Int, Int), seed: UInt64) -> Workstation {
    var workstation = subject.workstation(size.0, size.1)
    if let open = workstation.study?.open {
      let row = Fixture.row(2, name: Self.name, probability: 0.9, accession: Self.name)
      let study = StudyScreen(
        OpenStudy(row: row, instances: open.instances, review: open.review, limits: open.limits),
        work: workstation.study!.work)
      let (pictures, focus) = (workstation.study!.pictures, workstation.study!.focus)
      workstation.study = study
      workstation.study?.pictures = pictures
      workstation.study?.focus = focus
    }
    if seed % 2 == 0 {
      _ = workstation.update(.failed(.loadWorklist, "The store is \(Self.name) locked."))
    }
    return workstation
  }

  private func sizes(_ seed: UInt64, _ range: (ClosedRange<Int>, ClosedRange<Int>)) -> [(Int, Int)]
  {
    var random = SplitMix(seed: seed)
    return (0..<8).map { _ in
      (Int.random(in: range.0, using: &random), Int.random(in: range.1, using: &random))
    }
  }

  @Test(
    "whatever its size: header and footer lines stay as they were", arguments: Subject.allCases,
    1..<4 as Range<UInt64>)
  func body(subject: Subject, seed: UInt64) {
    for size in sizes(seed, (60...300, 16...90)) {
      let workstation = workstation(subject, size, seed: seed)
      var canvas = Canvas(width: size.0, height: size.1)
      canvas.fill(canvas.bounds, with: "~")
      let body = workstation.body(of: canvas.bounds)
      draw(workstation, on: &canvas, in: body)
      for y in 0..<size.1 where y < body.y || y >= body.endY {
        #expect(
          (0..<size.0).allSatisfy { canvas[$0, y] == Cell("~") }, "\(subject) \(size) line \(y)")
      }
      #expect(canvas.cursor.map(body.contains) ?? true, "\(subject) \(size)")
    }
  }

  /// What is between header and footer, without either.
  private func draw(_ workstation: Workstation, on canvas: inout Canvas, in body: Rect) {
    switch workstation.aside {
    case .log: workstation.log.draw(on: &canvas, in: body, workstation: workstation)
    case .clinician: workstation.clinician.draw(on: &canvas, in: body, workstation: workstation)
    case .system, .sync:
      workstation.system.draw(
        workstation.asideLines, title: "System", asOf: workstation.statusAge, on: &canvas, in: body)
    case nil:
      if let study = workstation.study {
        study.draw(on: &canvas, workstation: workstation)
      } else {
        workstation.worklist.draw(on: &canvas, in: body, workstation: workstation)
      }
    }
    for overlay in workstation.overlays { overlay.draw(on: &canvas, workstation: workstation) }
  }

  @Test(
    "from 1 by 1 to 300 by 90: every line is as wide as the screen, and nothing steers a terminal",
    arguments: Subject.allCases, 1..<4 as Range<UInt64>)
  func anySize(subject: Subject, seed: UInt64) {
    for size in sizes(seed, (1...300, 1...90)) + [(1, 1), (300, 90)] {
      let canvas = workstation(subject, size, seed: seed).canvas(size.0, size.1)
      for y in 0..<size.1 {
        let columns = canvas.row(y).reduce(0) { $0 + Int($1.width) }
        #expect(columns == size.0, "\(subject) \(size) line \(y)")
      }
      let isPlain = canvas.text.unicodeScalars.allSatisfy {
        $0 == "\n" || ![.control, .format].contains($0.properties.generalCategory)
      }
      #expect(isPlain, "\(subject) \(size)")
    }
  }

  @Test("there is a real cursor wherever a reader can be", arguments: Subject.allCases)
  func cursor(subject: Subject) {
    for size in ScreenTests.sizes {
      #expect(subject.workstation(size.0, size.1).canvas(size.0, size.1).cursor != nil)
    }
  }
}

@Suite("A paste of a megabyte")
struct LargePasteTests {
  private static let text = String(repeating: "Opacity in the left lower zone. ", count: 32_768)

  @Test("is refused with a reason where text is typed", arguments: ["r", "/", ":", "?", "S", "gc"])
  func refused(keys: String) {
    var workstation = keys == "/" ? Workstation.onWorklist() : .onStudy()
    workstation.type(keys)
    #expect(workstation.place.isText)
    let before = workstation
    let effects = workstation.update(.input(.paste(Self.text)))
    #expect(effects.isEmpty)
    #expect(workstation.notices.hint?.contains("1048576 characters") == true)
    workstation.notices.hint = nil
    #expect(workstation.screen() == before.screen())
  }

  @Test("is no key where none is typed")
  func keys() {
    var workstation = Workstation.onStudy()
    let work = workstation.study?.work
    _ = workstation.update(.input(.paste(Self.text)))
    #expect(workstation.study?.work == work)
    #expect(workstation.notices.hint == "Nothing was pasted: no text is being typed here")
  }
}
