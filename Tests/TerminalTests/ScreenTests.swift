import CTerminal
import Glibc
import Testing

@testable import Terminal

@Suite struct CapabilitiesTests {
  @Test("a terminal is known by its replies")
  func replies() {
    var capabilities = Capabilities(colours: .palette256, unicode: true)
    capabilities.apply(.cellPixels(width: 9, height: 18))
    capabilities.apply(.mode(2026, state: 2))
    capabilities.apply(.background(red: 0.9, green: 0.95, blue: 0.9))
    capabilities.apply(.kitty(isSupported: true))
    #expect(!capabilities.isComplete)
    capabilities.apply(.attributes([62, 4]))
    #expect(capabilities.isComplete)
    #expect(capabilities.sixel)
    #expect(capabilities.kitty)
    #expect(capabilities.synchronizedOutput)
    #expect(capabilities.background == .light)
    #expect(capabilities.cellPixels == Capabilities.CellPixels(width: 9, height: 18))
  }

  @Test("absurd cell sizes and modes that do not exist are not believed")
  func absurd() {
    var capabilities = Capabilities()
    capabilities.apply(.cellPixels(width: 0, height: 100_000))
    capabilities.apply(.mode(2026, state: 0))
    capabilities.apply(.mode(2026, state: 4))
    #expect(capabilities.cellPixels == Capabilities.CellPixels(width: 8, height: 16))
    #expect(!capabilities.synchronizedOutput)
  }

  @Test("terminals that print questions are not asked", arguments: ["linux", "dumb", ""])
  func silent(terminal: String) {
    let questions = Capabilities.questions(terminal: terminal, isInsideMultiplexer: false)
    #expect(questions.isEmpty)
  }

  @Test("a multiplexer is not asked for kitty, and attributes are asked last")
  func multiplexer() {
    let inside = Capabilities.questions(terminal: "tmux-256color", isInsideMultiplexer: true)
    let outside = Capabilities.questions(terminal: "xterm-256color", isInsideMultiplexer: false)
    #expect(!String(decoding: inside, as: UTF8.self).contains("\u{1b}_"))
    #expect(String(decoding: outside, as: UTF8.self).contains("\u{1b}_G"))
    #expect(inside.suffix(3) == Array("\u{1b}[c".utf8)[...])
  }

  @Test("pixels go the better way there is: kitty, then sixel, then none")
  func pixels() {
    var capabilities = Capabilities(colours: .palette256, unicode: true)
    #expect(capabilities.pixels == nil)
    capabilities.apply(.attributes([62, 4]))
    #expect(capabilities.pixels == .sixel)
    capabilities.apply(.kitty(isSupported: true))
    #expect(capabilities.pixels == .kitty)
    let cell = Capabilities.CellPixels(width: 8, height: 16)
    #expect(PixelProtocol.kitty.height(rows: 5, of: cell) == 80)
    #expect(PixelProtocol.sixel.height(rows: 5, of: cell) == 78)
  }

  @Test("pictures use the best glyphs there are")
  func art() {
    #expect(Capabilities(colours: .palette256, unicode: true).art == .blocks256)
    #expect(Capabilities(colours: .sixteen, unicode: true).art == .braille)
    #expect(Capabilities(colours: .palette256, unicode: false).art == .ascii)
  }
}

@Suite struct ThemeTests {
  @Test("without colours no role has one, and what matters still looks different")
  func mono() {
    for theme in [
      Theme(depth: .mono, background: .dark),
      Theme(depth: .palette256, background: .light, noColour: true),
    ] {
      #expect(Role.allCases.allSatisfy { theme.ink(for: $0).foreground == -1 })
      let distinct = [Role.text, .accent, .selection, .critical].map { theme.ink(for: $0) }
      #expect(Set(distinct).count == 4)
    }
  }

  @Test("NO_COLOR leaves pictures their greys")
  func greysStay() {
    let theme = Theme(depth: .palette256, background: .dark, noColour: true)
    let ink = theme.ink(for: Style(foregroundGrey: 255, backgroundGrey: 0))
    #expect(ink.foreground == 231)
    #expect(ink.background == 16)
  }

  @Test("no ink names a colour the terminal does not have", arguments: ColourDepth.allCases)
  func range(depth: ColourDepth) {
    let limit: Int16 =
      switch depth {
      case .mono: 0
      case .eight: 8
      case .sixteen: 16
      case .palette256: 256
      }
    let theme = Theme(depth: depth, background: .dark)
    for role in Role.allCases {
      for grey in UInt8.min...UInt8.max {
        let ink = theme.ink(for: Style(role, foregroundGrey: grey, backgroundGrey: grey))
        #expect(ink.foreground < limit && ink.background < limit)
      }
      #expect(theme.ink(for: role).foreground < limit)
    }
  }

  @Test("reverse undoes itself on a selection")
  func reverse() {
    let theme = Theme(depth: .mono, background: .dark)
    #expect(!theme.ink(for: Style.selection.reversed).isReverse)
    #expect(theme.ink(for: Style.text.reversed.bold.underlined).isReverse)
  }
}

@Suite struct RowEncoderTests {
  private func encoded(_ text: String, isUnicode: Bool) -> [(Int32, UInt8)] {
    var canvas = Canvas(width: 8, height: 1)
    canvas.draw(text, at: Position(0, 0))
    var encoder = RowEncoder(
      theme: Theme(depth: .palette256, background: .dark), isUnicode: isUnicode)
    return encoder.encode(canvas.row(0)).map { ($0.text.0, $0.width) }
  }

  @Test("a wide glyph is one entry of two columns, and marks travel with their base")
  func wide() {
    let cells = encoded("中e\u{301}x", isUnicode: true)
    #expect(cells.map(\.0).prefix(3) == [0x4e2d, 0x65, 0x78])
    #expect(cells.map(\.1).prefix(3) == [2, 1, 1])
    #expect(cells.reduce(0) { $0 + $1.1 } == 8)
  }

  @Test("in an ASCII locale every glyph has a twin and columns stay straight")
  func twins() {
    let cells = encoded("┌─✓中█░é", isUnicode: false)
    let text = String(decoding: cells.map { UInt8($0.0) }, as: UTF8.self)
    #expect(text == "+-v??#.?")
  }

  @Test("ticks, warnings and crosses stay apart in ASCII")
  func marks() {
    let marks: [Character] = ["✓", "·", "▲", "✖", "▸", "○", "●", "…", "│", "─", "≥", "⌫", "▂"]
    let twins = marks.map(ASCIITwins.twin(of:))
    #expect(twins.filter(\.isASCII).count == twins.count)
    #expect(!twins.contains("?"))
    #expect(Set(twins.prefix(4)).count == 4)
  }
}

@Suite struct PixelScheduleTests {
  private func canvas(_ text: String, picture: PlacedPicture?) -> Canvas {
    var canvas = Canvas(width: 10, height: 4)
    canvas.draw(text, at: Position(0, 0))
    if let picture { canvas.pictures = [picture] }
    return canvas
  }

  private func picture(version: Int) -> PlacedPicture {
    PlacedPicture(
      rect: Rect(x: 0, y: 1, width: 4, height: 2), version: version,
      raster: GreyRaster(width: 0, height: 0, pixels: []))
  }

  @Test("pixels stay while only other cells change, and go with their own")
  func stale() {
    var schedule = PixelSchedule()
    schedule.show([picture(version: 1)], areCoarse: false)
    let before = canvas("clock 1", picture: picture(version: 1))
    let after = canvas("clock 2", picture: picture(version: 1))
    #expect(schedule.stale(in: after, comparedWith: before).isEmpty)
    var covered = after
    covered.draw("x", at: Position(2, 2))
    #expect(schedule.stale(in: covered, comparedWith: after).count == 1)
    #expect(schedule.onScreen.isEmpty)
  }

  @Test("another version, no picture and another size make pixels stale")
  func versions() {
    for next in [
      canvas("", picture: picture(version: 2)), canvas("", picture: nil),
      Canvas(width: 9, height: 4),
    ] {
      var schedule = PixelSchedule()
      schedule.show([picture(version: 1)], areCoarse: false)
      let stale = schedule.stale(
        in: next, comparedWith: canvas("", picture: picture(version: 1)))
      #expect(stale.count == 1)
    }
  }

  @Test("a picture follows another at once, coarsely in a quick run of steps and in full after it")
  func swaps() {
    let start = ContinuousClock.now
    var schedule = PixelSchedule()
    /// Whether the step moves; none if no picture follows another.
    func step(to version: Int, after milliseconds: Int) -> Bool? {
      let canvas = canvas("", picture: picture(version: version))
      let (swaps, areMoving) = schedule.takeSwaps(
        in: canvas, now: start + .milliseconds(milliseconds))
      schedule.show(swaps, areCoarse: areMoving)
      schedule.want(canvas.pictures)
      return swaps.isEmpty ? nil : areMoving
    }
    #expect(step(to: 1, after: 0) == nil, "there is none to follow")
    schedule.show(schedule.takeDue(), areCoarse: false)
    #expect(step(to: 2, after: 0) == false)
    #expect(step(to: 2, after: 500) == nil, "it is there already")
    #expect(schedule.due == nil)
    #expect(step(to: 3, after: 600) == false)
    #expect(step(to: 4, after: 630) == true)
    #expect(step(to: 5, after: 660) == true)
    #expect(schedule.due != nil, "what moved is due in full")
    #expect(schedule.takeDue().map(\.version) == [5])
    #expect(schedule.onScreen.isEmpty)
  }

  @Test("what a picture hides stays as it was sent, and the rest is new")
  func keeping() {
    let (old, new) = (canvas("abcd", picture: nil), canvas("1234", picture: nil))
    #expect(new.keeping(old, in: [Rect(x: -2, y: 0, width: 4, height: 9)]).text.hasPrefix("ab34"))
    #expect(new.keeping(old, in: [Rect(x: 3, y: 0, width: 9, height: 9)]).text.hasPrefix("123d"))
    #expect(new.keeping(nil, in: [new.bounds]).text == new.text)
    #expect(new.keeping(Canvas(width: 3, height: 4), in: [new.bounds]).text == new.text)
  }

  @Test("on a slow line no picture follows another")
  func slowSwaps() {
    var schedule = PixelSchedule()
    schedule.show([picture(version: 1)], areCoarse: false)
    for _ in 0..<2 { schedule.note(drawing: .milliseconds(300)) }
    #expect(schedule.takeSwaps(in: canvas("", picture: picture(version: 2))).pictures.isEmpty)
  }

  @Test("what moved coarsely is due in full although the line turned out slow, and once only")
  func slowMoves() {
    var schedule = PixelSchedule()
    schedule.show([picture(version: 1)], areCoarse: false)
    schedule.show([picture(version: 2)], areCoarse: true)
    for _ in 0..<2 { schedule.note(drawing: .milliseconds(300)) }
    schedule.want([picture(version: 2)])
    #expect(schedule.due != nil)
    let taken = schedule.takeDue()
    #expect(taken.map(\.version) == [2])
    schedule.show(taken, areCoarse: false)
    schedule.want([picture(version: 2)])
    #expect(schedule.due == nil)
    schedule.want([picture(version: 3)])
    #expect(schedule.due == nil, "on a slow line nothing new begins")
  }

  @Test("what is on screen is not wanted again, and a slow line is spared")
  func wanted() {
    var schedule = PixelSchedule()
    schedule.want([picture(version: 1)])
    #expect(schedule.due != nil)
    let taken = schedule.takeDue()
    #expect(taken.count == 1)
    #expect(schedule.due == nil)
    schedule.show(taken, areCoarse: false)
    schedule.want([picture(version: 1)])
    #expect(schedule.due == nil)
    schedule.note(drawing: .milliseconds(300))
    schedule.note(drawing: .milliseconds(30))
    schedule.note(drawing: .milliseconds(300))
    #expect(!schedule.isTooSlow, "one busy moment is no slow line")
    schedule.want([])
    for _ in 0..<2 { schedule.note(drawing: .milliseconds(300)) }
    schedule.want([picture(version: 2)])
    #expect(schedule.due == nil)
  }
}

@Suite struct MailboxTests {
  @Test("messages from many tasks all arrive, each task's in order")
  func order() async {
    let mailbox = Mailbox<[Int]>()
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<8 {
        group.addTask { for number in 0..<200 { mailbox.post([task, number]) } }
      }
    }
    let messages = mailbox.drain()
    #expect(messages.count == 1600)
    for task in 0..<8 {
      #expect(messages.filter { $0[0] == task }.map { $0[1] } == Array(0..<200))
    }
    #expect(mailbox.drain().isEmpty)
  }
}

@Suite struct TerminalErrorTests {
  @Test("without a terminal nothing is taken and the sentence says what to do")
  @MainActor
  func notATerminal() {
    // Tests run without a terminal on their input; where they have one, it is left alone.
    guard isatty(0) == 0 || isatty(1) == 0 else { return }
    #expect(throws: TerminalError.notATerminal) { try Terminal() }
    #expect(TerminalError.notATerminal.description.contains("terminal window"))
  }
}
