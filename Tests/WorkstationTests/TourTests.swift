import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("The tour")
struct TourTests {
  /// The worklist as the tour's store has it: one study with two regions above 0.9.
  private static let rows = [
    Fixture.row(2, name: "ABEL^SYNTHETIC", probability: 0.93, regions: [0.93, 0.51]),
    Fixture.row(3, name: "CHEN^SYNTHETIC", probability: 0.74, regions: [0.74, 0.51]),
    Fixture.row(4, name: "DIAZ^SYNTHETIC", probability: 0.06),
  ]

  private func tour(_ wishes: [KeyWish] = [], width: Int = 100, height: Int = 30) throws -> Tour {
    var options = Fixture.options(width: width, height: height)
    options.keymap = try Keymap(wishes)
    var tour = Tour(options: options)
    _ = tour.start()
    _ = tour.update(.worklist(Self.rows, asOf: Fixture.now))
    return tour
  }

  /// What the program would answer to effects.
  private func answer(_ effects: [Effect], _ tour: inout Tour) -> [Effect] {
    var all = effects
    for effect in effects {
      switch effect {
      case .openStudy(let id):
        guard let row = Self.rows.first(where: { $0.id == id }) else { continue }
        all += tour.update(.studyOpened(Fixture.open(row)))
        all += tour.update(.imageLoaded("\(id).1", Fixture.image))
      case .sign(var report, _, _):
        report.signed = Fixture.now
        all += tour.update(.signed(report))
      default: break
      }
    }
    return all
  }

  private func press(_ key: Key, _ tour: inout Tour) -> [Effect] {
    answer(tour.update(.input(.key(key))), &tour)
  }

  /// The key that the present step asks for.
  private func key(_ tour: Tour) throws -> Key {
    let step = try #require(tour.step)
    guard let name = step.command else {
      return .character(try #require(tour.text(of: step).dropFirst(tour.typed).first))
    }
    let commands = tour.workstation.keymap.all(at: tour.workstation.place)
    return try #require(commands.first { $0.name == name }?.keys.first, "\(name)")
  }

  private func screen(_ tour: Tour, _ width: Int = 100, _ height: Int = 30) -> String {
    var canvas = Canvas(width: width, height: height)
    tour.render(on: &canvas)
    return canvas.text
  }

  @Test("goes from the worklist to a signature by the keys it asks for, and each step teaches")
  func walk() throws {
    var tour = try tour()
    var effects: [Effect] = []
    var lessons: Set<String> = []
    while let step = tour.step {
      let index = tour.index
      #expect(screen(tour).contains(": \(step.purpose)"))
      while tour.index == index { effects += press(try key(tour), &tour) }
      #expect(screen(tour).contains(step.lesson(.standard)) || tour.isOver)
      lessons.insert(tour.lesson ?? "")
    }
    #expect(lessons.count == TourStep.all.count)
    let signed = effects.compactMap { effect -> Review? in
      if case .sign(_, let review, _) = effect { review } else { nil }
    }
    #expect(signed.map(\.call) == [.suspicious])
    #expect(signed.first?.findings.map(\.state) == [.agreed, .rejected])
    #expect(!effects.contains(.quit))
    #expect(screen(tour).contains("The tour is over"))
    #expect(press(.enter, &tour).last == .quit)
  }

  @Test("can be skipped step by step, and ends at the same place")
  func skipped() throws {
    var tour = try tour()
    var effects: [Effect] = []
    for _ in TourStep.all { effects += press(Tour.skip, &tour) }
    #expect(tour.isOver)
    #expect(effects.contains { if case .sign = $0 { true } else { false } })
  }

  @Test(
    "looks as it is recorded", arguments: ["move", "reject", "confirm", "end"], ScreenTests.sizes)
  func golden(step: String, size: (Int, Int)) throws {
    var tour = try tour(width: size.0, height: size.1)
    while !tour.isOver, tour.step?.command != step { _ = press(Tour.skip, &tour) }
    try GoldenText.check(
      screen(tour, size.0, size.1), name: "tour-\(step)-\(size.0)x\(size.1)")
  }

  @Test("any other key does nothing but be explained")
  func wrongKey() throws {
    var tour = try tour()
    let before = tour.workstation.screen()
    for key in [Key.character("q"), .enter, .character("/"), .character("?"), .character("é")] {
      #expect(press(key, &tour).isEmpty)
      #expect(tour.workstation.screen() == before)
      #expect(tour.index == 0)
    }
    _ = press(.character("s"), &tour)
    #expect(screen(tour).contains("Not now: s would be “Sort by"))
    _ = tour.update(.input(.paste("jjj")))
    #expect(tour.index == 0)
  }

  @Test("waits while a study is on its way, instead of taking keys for what is not there yet")
  func waits() throws {
    var tour = try tour()
    while tour.step?.command != "open-study" { _ = press(Tour.skip, &tour) }
    _ = tour.update(.input(.key(.enter)))
    #expect(tour.update(.input(.key(.character("n")))).isEmpty)
    #expect(screen(tour).contains("One moment"))
    #expect(tour.step?.command == "next-region")
  }

  @Test("is left by its own key, by ^C, and when the terminal goes", arguments: 0..<3)
  func left(index: Int) throws {
    var tour = try tour()
    let input: Input = [.key(Tour.leave), .key(.control("c")), .hangup][index]
    #expect(tour.update(.input(input)).last == .quit)
  }

  @Test("teaches the reader's own keys, and the standard ones where one has none")
  func ownKeys() throws {
    var own = try tour([KeyWish(command: "agree", keys: ["y"])])
    while own.step?.command != "agree" { _ = press(Tour.skip, &own) }
    #expect(screen(own).contains("Press y: agrees"))
    var without = try tour([KeyWish(command: "agree", keys: [])])
    while without.step?.command != "agree" { _ = press(Tour.skip, &without) }
    #expect(screen(without).contains("Press a: agrees"))
  }

  @Test("each sentence fits into the narrowest terminal, whole", arguments: [60, 80, 160])
  func fits(width: Int) throws {
    var tour = try tour(width: width, height: 16)
    while let step = tour.step {
      #expect(screen(tour, width, 16).contains(": \(step.purpose)"), "\(step.purpose)")
      _ = press(Tour.skip, &tour)
      #expect(screen(tour, width, 16).contains(step.lesson(.standard)) || tour.isOver)
    }
  }

  @Test("is drawn at any size, and the screens keep their lines")
  func sizes() throws {
    var tour = try tour()
    for (width, height) in [(1, 1), (59, 30), (60, 15), (60, 16), (60, 19), (100, 30), (300, 90)] {
      _ = tour.update(.input(.resize(width: width, height: height)))
      let lines = screen(tour, width, height).split(separator: "\n")
      #expect(lines.count <= height)
      if width >= 60, height >= 16 { #expect(lines.contains { $0.contains("Tour 1 of") }) }
      if height >= 20, width >= 60 { #expect(lines.contains { $0.contains("? help") }) }
    }
  }
}
