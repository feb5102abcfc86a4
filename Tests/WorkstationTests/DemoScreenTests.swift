import Foundation
import Imaging
import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("The demo's screen")
struct DemoScreenTests {
  static let hospitals = ["Lakeside General", "North Infirmary", "St Mary"]

  static func screen(
    _ width: Int = 100, _ height: Int = 30, isSynthetic: Bool = true, unicode: Bool = true
  ) -> DemoScreen {
    DemoScreen(
      plan: DemoScreen.Plan(
        hospitals: isSynthetic ? hospitals : [], rounds: 24, studies: 24, isSynthetic: isSynthetic),
      width: width, height: height,
      capabilities: Capabilities(colours: .palette256, unicode: unicode))
  }

  static let picture = DemoPicture(
    hospital: "Lakeside General", image: Fixture.image,
    lesions: [Manifest.Box(x0: 120, y0: 60, x1: 170, y1: 110)])

  /// All that happens in a demo, in its order, a second apart.
  static let story: [DemoScreen.Event] = {
    var events: [DemoScreen.Event] = []
    for done in 1...46 { events.append(.drew(picture, done: done * 10, of: 460)) }
    for (hospital, lessons) in zip(hospitals, [160, 110, 70]) {
      let all = lessons + 40
      for part in 1...4 { events.append(.tookIn(hospital, done: all * part / 4, of: all)) }
      events.append(.opened(hospital, lessons: lessons))
    }
    for round in 1...24 {
      for hospital in hospitals {
        events.append(.trains(hospital, round: round))
        events.append(.sent(hospital, round: round, bytes: 2_239_000))
      }
      let auroc = 1 - 0.5 / Double(round)
      let scores = hospitals.map { hospital in
        (
          hospital,
          DemoScreen.Score(
            change: 1 / Double(round + 1), auroc: hospital == "St Mary" ? auroc : nil)
        )
      }
      events.append(
        .round(round, pooled: auroc, hospitals: Dictionary(uniqueKeysWithValues: scores)))
    }
    events.append(.calibrates)
    for done in 1...24 { events.append(.triaged(done: done, of: 24)) }
    return events
  }()

  /// The screen after so many of the events.
  static func screen(after count: Int, _ width: Int = 100, _ height: Int = 30) -> DemoScreen {
    var screen = screen(width, height)
    for (second, event) in story.prefix(count).enumerated() {
      _ = screen.update(.tick(.milliseconds(250 * second)))
      _ = screen.update(event)
    }
    return screen
  }

  static let middle = 46 + 15 + 12 * 7 + 3

  @Test(
    "looks as it is recorded", arguments: ["draw", "federate", "help"], ScreenTests.sizes)
  func golden(subject: String, size: (Int, Int)) throws {
    var screen = Self.screen(after: subject == "draw" ? 20 : Self.middle, size.0, size.1)
    if subject == "help" { _ = screen.update(.input(.key(.character("?")))) }
    try GoldenText.check(
      screen.text(size.0, size.1), name: "demo-\(subject)-\(size.0)x\(size.1)")
  }

  @Test("progress never goes backwards, whatever comes in whatever order", arguments: 0..<8)
  func monotonic(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    var screen = Self.screen()
    var last = (fraction: 0.0, stage: screen.stage, bytes: 0)
    for event in seed == 0 ? Self.story : Self.story.shuffled(using: &random) {
      _ = screen.update(event)
      #expect(screen.fraction >= last.fraction && screen.fraction <= 1)
      #expect(screen.stage >= last.stage)
      #expect(screen.bytesSent >= last.bytes)
      last = (screen.fraction, screen.stage, screen.bytesSent)
    }
    #expect(screen.stage == .open)
    #expect(screen.fraction > 0.99)
  }

  @Test("what is left is told by the pace so far, and not before there is one")
  func remaining() throws {
    var screen = Self.screen()
    #expect(screen.remaining == nil)
    #expect(screen.clockText == "0:00")
    for event in Self.story.prefix(Self.middle) { _ = screen.update(event) }
    _ = screen.update(.tick(.seconds(65)))
    let remaining = try #require(screen.remaining) / .seconds(1)
    #expect(abs(remaining - 65 * (1 - screen.fraction) / screen.fraction) < 0.01)
    #expect(screen.clockText.hasPrefix("1:05 · about "))
    _ = screen.update(.tick(.seconds(3)))
    #expect(screen.clockText.hasPrefix("1:05"), "the clock does not go back")
  }

  @Test("a hospital's row says what stays, how far it is and what left it")
  func hospital() {
    let lines = Self.screen(after: Self.middle, 160, 50).text(160, 50).split(separator: "\n")
    let row = lines.first { $0.contains("Lakeside General ") && $0.contains("160") }
    #expect(row?.contains("sent") == true)
    #expect(row?.contains("29.1 MB") == true)
    #expect(lines.contains { $0.contains("North Infirmary") && $0.contains("trains") })
  }

  @Test(
    "every screen of generated images says so, and that this is no medical device",
    arguments: ScreenTests.sizes)
  func synthetic(size: (Int, Int)) {
    for count in [0, 20, 60, Self.middle, Self.story.count] {
      var screen = Self.screen(after: count, size.0, size.1)
      for _ in 0..<2 {
        let text = screen.text(size.0, size.1)
        #expect(text.contains("SYNTHETIC"), "\(size) after \(count)")
        #expect(text.contains("no medical device"), "\(size) after \(count)")
        _ = screen.update(.input(.key(.character("?"))))
      }
    }
  }

  @Test("given images are not called synthetic, and nothing is drawn")
  func given() {
    var screen = Self.screen(isSynthetic: false)
    for event in Self.story.dropFirst(46) { _ = screen.update(event) }
    let text = screen.text(100, 30)
    #expect(!text.contains("SYNTHETIC"))
    #expect(!text.contains("Draw radiographs"))
    #expect(text.contains("North Infirmary"))
  }

  @Test("q stops, and so do ^C, an interrupt and a terminal that goes away")
  func stop() {
    for input: Input in [
      .key(.character("q")), .key(.control("c")), .interrupt, .hangup, .terminate,
    ] {
      var screen = Self.screen()
      #expect(screen.update(.input(input)) == [.quit])
      #expect(screen.text(60, 16).contains("Stopping"))
    }
  }

  @Test("in the help q only closes the help, and ^C still stops")
  func help() {
    var screen = Self.screen()
    _ = screen.update(.input(.key(.character("?"))))
    #expect(screen.text(60, 16).contains("What is this"))
    #expect(screen.update(.input(.key(.control("c")))) == [.quit])
    #expect(screen.update(.input(.key(.character("q")))) == [])
    #expect(!screen.text(60, 16).contains("What is this"))
  }

  @Test("^Z suspends, and coming back or resizing draws anew")
  func suspend() {
    var screen = Self.screen()
    #expect(screen.update(.input(.key(.control("z")))) == [.suspend])
    #expect(screen.update(.input(.resume)) == [.repaint])
    #expect(screen.update(.input(.resize(width: 80, height: 24))) == [.repaint])
  }

  @Test(
    "any size and any order of events is drawn without a trap",
    arguments: 0..<12 as Range<UInt64>)
  func fuzz(seed: UInt64) {
    var random = SplitMix(seed: seed)
    func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
    var screen = Self.screen(isSynthetic: seed % 4 != 0, unicode: seed % 3 != 0)
    let odd: [DemoScreen.Event] = [
      .tookIn("\u{1b}[2J", done: 5, of: 0), .tookIn("D", done: 9, of: 1),
      .round(
        99, pooled: .nan, hospitals: ["E": DemoScreen.Score(change: .nan, auroc: .infinity)]),
      .round(1, pooled: nil, hospitals: [:]),
      .sent("F", round: .max, bytes: 1), .trains("G", round: -1),
      .triaged(done: 0, of: 0),
    ]
    for event in (Self.story + odd).shuffled(using: &random) {
      _ = screen.update(event)
      guard below(8) == 0 else { continue }
      let text = screen.text(1 + below(200), 1 + below(60))
      #expect(!text.contains("\u{1b}"))
    }
  }
}

extension DemoScreen {
  func text(_ width: Int, _ height: Int) -> String {
    var canvas = Canvas(width: width, height: height)
    draw(on: &canvas)
    return canvas.text
  }
}
