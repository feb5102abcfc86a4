import Foundation
import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("Screens")
struct ScreenTests {
  enum Subject: String, CaseIterable, Sendable {
    case worklist, study, report, sign, insert, preview, help, palette
    case system, sync, log, find, clinician

    func workstation(
      _ width: Int, _ height: Int, colours: ColourDepth = .palette256
    ) -> Workstation {
      let options = Fixture.options(
        width: width, height: height, capabilities: .init(colours: colours, unicode: true))
      guard self != .worklist else { return .onWorklist(options) }
      var workstation = Workstation.onStudy(options)
      switch self {
      case .worklist: break
      case .study: workstation.type("na")
      case .report: workstation.type("ncsr")
      case .sign: workstation.type("ncsS1-2")
      case .insert:
        workstation.type("r")
        _ = workstation.press(.control("n"))
      case .preview:
        workstation.type("ncs")
        _ = workstation.press(.control("v"))
      case .help: workstation.type("?re")
      case .palette: workstation.type(":ex")
      case .system:
        _ = workstation.update(.status(.busy))
        workstation.type("gs")
      case .sync:
        _ = workstation.update(.status(.busy))
        workstation.type("gy")
      case .log: LogBook(400).answer(workstation.type("gl"), &workstation)
      case .find: return .onFinding(options)
      case .clinician: return .onReport(options)
      }
      return workstation
    }
  }

  static let sizes = [(60, 16), (80, 24), (100, 30), (160, 50)]

  @Test("look as they are recorded", arguments: Subject.allCases, sizes)
  func golden(subject: Subject, size: (Int, Int)) throws {
    try GoldenText.check(
      subject.workstation(size.0, size.1).screen(size.0, size.1),
      name: "\(subject.rawValue)-\(size.0)x\(size.1)")
  }

  @Test(
    "without colours the screens beside the reading say the same in the same places",
    arguments: [Subject.system, .sync, .log, .find], sizes)
  func mono(subject: Subject, size: (Int, Int)) {
    let words = subject.workstation(size.0, size.1, colours: .mono).screen(size.0, size.1)
    #expect(words == subject.workstation(size.0, size.1).screen(size.0, size.1))
  }

  @Test("without colours a report and its image are dithered as recorded", arguments: sizes)
  func monoReport(size: (Int, Int)) throws {
    var workstation = Subject.clinician.workstation(size.0, size.1, colours: .mono)
    // On a narrow screen the image is in place of the words.
    if size.0 < 100 { _ = workstation.press(.tab) }
    try GoldenText.check(
      workstation.screen(size.0, size.1), name: "clinician-\(size.0)x\(size.1)-mono")
  }

  @Test(
    "any input at any size is drawn without a trap and within the screen",
    arguments: 0..<24 as Range<UInt64>)
  func fuzz(seed: UInt64) {
    var random = SplitMix(seed: seed)
    func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
    var capabilities = Capabilities(colours: .palette256, unicode: seed % 5 != 0)
    capabilities.sixel = seed % 3 == 0
    var workstation = Workstation.onStudy(Fixture.options(capabilities: capabilities), images: 3)
    let characters = Array(
      "abcdefghijklmnopqrstuvwxyzABCDEGHJKLNPSZ0123456789[]{}<>,.+-=*/?: ;\u{301}山😀")
    let named: [Key] = [
      .enter, .escape, .tab, .backTab, .backspace, .delete, .up, .down, .left, .right, .home, .end,
      .pageUp, .pageDown, .function(1), .function(5), .function(6), .function(9),
      .control("r"), .control("s"), .control("n"), .control("t"), .control("u"), .control("w"),
      .control("o"), .control("v"), .control("e"),
      .control("c"), .alt("x"),
    ]
    for step in 0..<150 {
      switch below(12) {
      case 0..<5: _ = workstation.press(.character(characters[below(characters.count)]))
      case 5..<8: _ = workstation.press(named[below(named.count)])
      case 8:
        let kinds: [MouseEvent.Kind] = [.press, .drag, .release, .wheelUp, .wheelDown]
        let buttons: [MouseEvent.Button] = [.left, .right, .none]
        _ = workstation.update(
          .input(
            .mouse(
              MouseEvent(
                kind: kinds[below(5)], button: buttons[below(3)], x: below(220) - 10,
                y: below(80) - 10))))
      case 9:
        _ = workstation.update(.input(.resize(width: below(200), height: below(60))))
      case 10:
        _ = workstation.update(.input(.paste("pasted\u{1b}[2J \(step)\nmore")))
      default:
        let rows = Fixture.rows.shuffled(using: &random)
        _ = workstation.update(.worklist(Array(rows.prefix(below(9))), asOf: Fixture.now))
        _ = workstation.update(.failed(.saveDraft("1.2.2"), "The disk is full \u{1b}]0;x"))
        if let opening = workstation.opening {
          _ = workstation.update(.studyOpened(Fixture.open(opening, images: 1 + below(3))))
          _ = workstation.update(.imageLoaded("\(opening.id).1", Fixture.image))
          _ = workstation.update(.imageFailed("\(opening.id).2", reason: "It ends early."))
        }
      }
      guard step % 4 == 0 else { continue }
      let canvas = workstation.canvas(1 + below(200), 1 + below(60))
      if let cursor = canvas.cursor { #expect(canvas.bounds.contains(cursor), "seed \(seed)") }
      for picture in canvas.pictures {
        #expect(picture.rect.intersection(canvas.bounds) == picture.rect, "seed \(seed)")
      }
      #expect(!canvas.text.contains("\u{1b}"))
    }
  }

  @Test("every screen of an open study names the patient on line 1, at any size", arguments: sizes)
  func identity(size: (Int, Int)) {
    for subject in Subject.allCases
    where ![.worklist, .system, .sync, .log, .find].contains(subject) {
      let line = subject.workstation(size.0, size.1).screen(size.0, size.1).prefix { $0 != "\n" }
      for part in ["DOE, JANE", "00231802", "64 F", "4711-22"] {
        #expect(line.contains(part), "\(subject) \(size)")
      }
    }
  }

  @Test("every screen of synthetic studies says so", arguments: sizes)
  func synthetic(size: (Int, Int)) {
    let row = Fixture.row(
      2, name: "PHANTOM^ONE", probability: 0.9, regions: [0.9], isSynthetic: true)
    let options = Fixture.options(width: size.0, height: size.1, isSynthetic: true)
    for keys in ["", "\r", "\rr", "\rS", "\r?", "gs", ":", "\rc"] {
      var workstation = Workstation(options: options)
      _ = workstation.update(.worklist([row], asOf: Fixture.now))
      for character in keys {
        _ = workstation.press(character == "\r" ? .enter : .character(character))
        if workstation.opening != nil { _ = workstation.update(.studyOpened(Fixture.open(row))) }
      }
      #expect(workstation.screen(size.0, size.1).contains("SYNTHETIC"), "\(keys) \(size)")
    }
  }

  @Test("a real study among synthetic ones, or in their store, is never called synthetic")
  func real() {
    let rows = [
      Fixture.row(2, name: "DOE^JANE", probability: 0.9),
      Fixture.row(3, name: "PHANTOM^ONE", probability: 0.8, isSynthetic: true),
    ]
    var workstation = Workstation(options: Fixture.options(isSynthetic: true))
    #expect(workstation.screen().contains("SYNTHETIC"), "the store says so before any study does")
    _ = workstation.update(.worklist(rows, asOf: Fixture.now))
    #expect(!workstation.screen().contains("SYNTHETIC"))
    _ = workstation.press(.enter)
    #expect(!workstation.screen().contains("SYNTHETIC"))
    _ = workstation.update(.studyOpened(Fixture.open(rows[0])))
    #expect(!workstation.screen().contains("SYNTHETIC"))
  }

  @Test("a store of synthetic studies alone says so on every screen by itself")
  func syntheticByRows() {
    let row = Fixture.row(3, name: "PHANTOM^ONE", probability: 0.8, isSynthetic: true)
    var workstation = Workstation(options: Fixture.options())
    _ = workstation.update(.worklist([row], asOf: Fixture.now))
    #expect(workstation.screen().contains("SYNTHETIC"))
    workstation.type("gs")
    #expect(workstation.screen().contains("SYNTHETIC"))
  }

  @Test("names that would command a terminal are shown, never obeyed")
  func hostile() {
    let row = Fixture.row(
      2, name: "EVIL\u{1b}]0;gone\u{7}^\u{202e}X", probability: 0.9, accession: "\u{1b}[2J9")
    var workstation = Workstation(options: Fixture.options())
    _ = workstation.update(.worklist([row], asOf: Fixture.now))
    #expect(
      !workstation.screen().unicodeScalars.contains {
        $0.properties.generalCategory == .control && $0 != "\n"
      })
    _ = workstation.press(.enter)
    #expect(
      !workstation.screen().unicodeScalars.contains {
        $0.properties.generalCategory == .control && $0 != "\n"
      })
  }

  @Test("names can be hidden on every screen")
  func privacy() {
    var workstation = Workstation.onStudy(Fixture.options(width: 160, height: 50))
    workstation.type("P")
    #expect(!workstation.screen(160, 50).contains("DOE"))
    workstation.type("gw")
    #expect(!workstation.screen(160, 50).contains("DOE"))
  }

  @Test("the border says that this is no primary diagnosis, and with what limits")
  func limits() {
    let text = Workstation.onStudy(Fixture.options(width: 160, height: 50)).screen(160, 50)
    #expect(text.contains("Review aid – not for primary diagnosis"))
    #expect(text.contains("model 3f9a12c07b44 · threshold 0.42"))
  }

  @Test("the real cursor is on the selection")
  func cursor() throws {
    var workstation = Workstation.onWorklist()
    workstation.type("jjj")
    let canvas = workstation.canvas()
    let cursor = try #require(canvas.cursor)
    #expect(canvas.text.split(separator: "\n")[cursor.y].contains("NOVAK"))
  }

  @Test("a terminal that is too small is told what it needs, and only q does anything")
  func small() {
    var workstation = Workstation.onStudy(Fixture.options(width: 59, height: 15))
    #expect(workstation.screen(59, 15).contains("60 × 16"))
    let work = workstation.study?.work
    workstation.type("acsx")
    #expect(workstation.study?.work == work)
    let answer = workstation.type("q")
    #expect(answer.last == .quit)
  }

  @Test("pixels are asked for where the terminal has them, and boxes are painted into them")
  func pixels() throws {
    var capabilities = Capabilities(colours: .palette256, unicode: true)
    capabilities.sixel = true
    let plain = Workstation.onStudy()
    #expect(plain.canvas().pictures.isEmpty)
    var workstation = Workstation.onStudy(Fixture.options(capabilities: capabilities))
    let picture = try #require(workstation.canvas().pictures.first)
    let raster = picture.raster()
    #expect(raster.width == picture.rect.width * 8)
    #expect(raster.height % 6 == 0)
    workstation.type("oo")
    let bare = try #require(workstation.canvas().pictures.first)
    #expect(bare.version != picture.version)
    #expect(bare.raster().pixels != raster.pixels)
    workstation.type("?")
    #expect(workstation.canvas().pictures.isEmpty)
  }

  @Test("a study whose image failed says why, and keys that need one say so")
  func failedImage() {
    var workstation = Workstation.onWorklist()
    _ = workstation.press(.enter)
    _ = workstation.update(.studyOpened(Fixture.open(Fixture.rows[0])))
    _ = workstation.update(.imageFailed("1.2.2.1", reason: "The pixel data ends early."))
    #expect(workstation.screen().contains("No picture: The pixel data ends early."))
    workstation.type("+")
    #expect(workstation.notices.hint?.contains("The pixel data ends early.") == true)
  }
}
