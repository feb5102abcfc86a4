import TestSupport
import Testing

@testable import Terminal

@Suite struct CanvasTests {
  @Test("text that is too long ends in an ellipsis, counted in columns")
  func ellipsis() {
    var canvas = Canvas(width: 6, height: 2)
    #expect(canvas.draw("abcdefgh", at: Position(0, 0)) == 6)
    #expect(canvas.draw("中中中中", at: Position(0, 1)) == 5)
    #expect(canvas.text == "abcde…\n中中…")
  }

  @Test("text that just fits keeps its last letter")
  func fits() {
    var canvas = Canvas(width: 4, height: 1)
    canvas.draw("abcd", at: Position(0, 0))
    #expect(canvas.text == "abcd")
  }

  @Test("boxes carry a title, a trailing remark and a footer")
  func boxes() {
    var canvas = Canvas(width: 30, height: 9)
    canvas.box(
      Rect(x: 0, y: 0, width: 30, height: 3), title: "Worklist", trailing: "8 of 214",
      footer: "note")
    canvas.box(Rect(x: 0, y: 3, width: 8, height: 3), title: "A long title", border: .thick)
    canvas.box(Rect(x: 9, y: 3, width: 5, height: 3), title: "A", border: .rounded)
    canvas.box(Rect(x: 15, y: 3, width: 1, height: 3))
    canvas.box(Rect(x: 0, y: 6, width: 12, height: 3), title: "Title", trailing: "gone")
    #expect(
      canvas.text == """
        ┌─ Worklist ────── 8 of 214 ─┐
        │                            │
        └─ note ─────────────────────┘
        ┏━ A… ━┓ ╭───╮ ┐
        ┃      ┃ │   │ │
        ┗━━━━━━┛ ╰───╯ └
        ┌─ Title ──┐
        │          │
        └──────────┘
        """)
  }

  @Test("a wide glyph is never left with one half")
  func halves() {
    var canvas = Canvas(width: 6, height: 1)
    canvas.draw("中中中", at: Position(0, 0))
    canvas[1, 0] = Cell("x")
    canvas[2, 0] = Cell("y")
    #expect(canvas.text == " xy 中")
    canvas[3, 0] = Cell("国")
    #expect(canvas.text == " xy国")
    canvas[5, 0] = Cell("国")
    #expect(canvas[5, 0].character == " ")
    #expect(canvas.cells.map(\.width) == [1, 1, 1, 2, 0, 1])
  }

  @Test("lines drawn over a picture keep the grey behind them")
  func transparent() {
    var canvas = Canvas(width: 3, height: 1)
    canvas.fill(canvas.bounds, style: Style(backgroundGrey: 95))
    canvas.draw("┃", at: Position(1, 0), style: Style.overlayCurrent.transparent)
    #expect(canvas[1, 0].style == Style(.overlayCurrent, backgroundGrey: 95))
  }

  @Test("clipping protects what is outside, also from nested clips")
  func clipping() {
    var canvas = Canvas(width: 5, height: 3)
    canvas.clipped(to: Rect(x: 1, y: 1, width: 3, height: 5)) { canvas in
      canvas.clipped(to: Rect(x: 0, y: 0, width: 3, height: 2)) { $0.fill($0.bounds, with: "#") }
      canvas.draw("abcdef", at: Position(-1, 2))
    }
    canvas.draw("z", at: Position(4, 0))
    #expect(canvas.text == "    z\n ##\n cd…")
  }

  @Test("what is drawn is harmless: no control reaches a cell")
  func controls() {
    var canvas = Canvas(width: 20, height: 2)
    canvas.draw("\u{1b}[31mred\u{7}\n\u{202e}x", at: Position(0, 0))
    canvas[0, 1] = Cell("\u{1b}")
    canvas[1, 1] = Cell("\r\n")
    #expect(canvas.text == "␛[31mred␇␊\u{FFFD}x\n␛␍")
  }

  @Test("several spans share one line")
  func spans() {
    var canvas = Canvas(width: 8, height: 1)
    let used = canvas.draw([Span("ab", style: .ok), Span("cdefghij")], at: Position(1, 0))
    #expect(used == 7)
    #expect(canvas.text == " abcdef…")
    #expect(canvas[1, 0].style == .ok)
  }

  @Test("nothing traps and nothing is drawn outside the clip", arguments: sizes)
  func anySize(size: Rect) {
    var random = Seeded(UInt64(size.width * 1000 + size.height))
    var canvas = Canvas(width: size.width, height: size.height)
    canvas.fill(canvas.bounds, with: "~")
    let clip = Rect(
      x: size.width / 5, y: size.height / 4, width: size.width / 2, height: size.height / 2)
    canvas.clipped(to: clip) { canvas in
      for _ in 0..<40 { Self.drawAnything(on: &canvas, using: &random) }
    }
    for y in 0..<size.height {
      let columns = canvas.row(y).reduce(0) { $0 + Int($1.width) }
      #expect(columns == size.width)
      for x in 0..<size.width where !clip.contains(x: x, y: y) {
        #expect(canvas[x, y] == Cell("~"))
      }
    }
    for _ in 0..<40 { Self.drawAnything(on: &canvas, using: &random) }
    #expect(canvas.cells.count == size.width * size.height)
  }

  static let sizes =
    [(1, 1), (2, 1), (1, 2), (3, 3), (20, 5), (60, 16), (80, 24), (100, 30), (160, 50), (300, 90)]
    .map { Rect(x: 0, y: 0, width: $0, height: $1) }

  private static let texts = ["", "a", "Nodule 中文 é", "\u{1b}[2J", "😀😀😀", "e\u{301}\u{301}"]

  private static func drawAnything(on canvas: inout Canvas, using random: inout Seeded) {
    func number() -> Int { Int.random(in: -20...320, using: &random) }
    let rect = Rect(x: number(), y: number() / 3, width: number(), height: number() / 3)
    let text = texts.randomElement(using: &random) ?? ""
    let place = rect.origin
    switch Int.random(in: 0..<12, using: &random) {
    case 0: canvas.draw(text, at: place)
    case 1: canvas.draw(text, at: place, maxWidth: number())
    case 2: canvas.fill(rect, with: "中")
    case 3: canvas.box(rect, title: text, trailing: text, footer: text, border: .rounded)
    case 4: canvas.bar(Double(number()) / 100, at: place, width: rect.width, mark: 0.7)
    case 5: canvas.sparkline([1, .nan, 3, -.infinity], at: place, width: rect.width)
    case 6: canvas.popup(rect, title: text)
    case 7:
      canvas.textField(text, caret: number(), at: place, width: rect.width, isFocused: true)
    case 8: canvas.list([[Span(text)], [Span("b")]], in: rect, selected: 1, first: number())
    case 9:
      let columns = [Column("A", width: .cells(4)), Column("B", width: .share(1))]
      canvas.table(columns, rows: [[Span(text)]], in: rect, selected: 0, first: number())
    case 10: canvas.place([[Cell("中"), Cell("x")]], at: place)
    default: canvas.restyle(rect.intersection(canvas.clip), style: .text)
    }
    canvas.restyle(canvas.clip, style: .text)
  }
}
