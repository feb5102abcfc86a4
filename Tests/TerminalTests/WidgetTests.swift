import Testing

@testable import Terminal

@Suite struct WidgetTests {
  @Test("bars move in eighths of a cell and show a limit")
  func bars() {
    var canvas = Canvas(width: 10, height: 5)
    for (y, fraction) in [0, 0.5, 0.5625, 1, .nan].enumerated() {
      canvas.bar(fraction, at: Position(0, y), width: 10, mark: y == 1 ? 0.85 : nil)
    }
    #expect(
      canvas.text == """
        ░░░░░░░░░░
        █████░░░│░
        █████▋░░░░
        ██████████
        ░░░░░░░░░░
        """)
  }

  @Test("bars side by side share the width, leave gaps, and never leave their room")
  func columns() {
    var canvas = Canvas(width: 8, height: 3)
    let room = Rect(x: 0, y: 0, width: 8, height: 2)
    canvas.columns([0.5, 0.75, nil, 1.5], in: room, range: 0.5...1)
    #expect(
      canvas.text == """
              ██
        ▁▁██  ██

        """)
    canvas.columns([0, 1, 0, 1, 0, 1], in: Rect(x: 0, y: 2, width: 3, height: 1), range: 0...1)
    #expect(canvas.text.hasSuffix("███"), "the last value of a column counts")
  }

  @Test("a sparkline shows the last values, and a gap where there is none")
  func sparkline() {
    var canvas = Canvas(width: 8, height: 2)
    canvas.sparkline([9, 0, 1, 2, 3, .nan, 5, 6, 7], at: Position(0, 0), width: 8)
    canvas.sparkline([5, 5], at: Position(0, 1), width: 8)
    #expect(canvas.text == "▁▂▃▄·▆▇█\n▅▅")
  }

  @Test("a text field scrolls so that the caret is always seen")
  func field() {
    var canvas = Canvas(width: 8, height: 2)
    canvas.textField("abcdefghij", caret: 10, at: Position(1, 0), width: 5, isFocused: true)
    #expect(canvas.text == " ghij\n")
    #expect(canvas.cursor == Position(5, 0))
    canvas.textField("中中中", caret: 1, at: Position(0, 1), width: 8, isFocused: true)
    #expect(canvas.cursor == Position(2, 1))
  }

  @Test("a field without the focus leaves the cursor alone")
  func unfocused() {
    var canvas = Canvas(width: 8, height: 1)
    canvas.textField("abc", caret: 3, at: Position(0, 0), width: 8, isFocused: false)
    #expect(canvas.cursor == nil)
  }

  @Test("the selected row is marked, styled across and has the cursor")
  func list() {
    var canvas = Canvas(width: 6, height: 2)
    canvas.list([[Span("a")], [Span("b")], [Span("c")]], in: canvas.bounds, selected: 2, first: 1)
    #expect(canvas.text == " b\n▸c")
    #expect(canvas.row(1).allSatisfy { $0.style == .selection })
    #expect(canvas.cursor == Position(0, 1))
  }

  @Test("columns are cut, aligned and share what is left")
  func table() {
    var canvas = Canvas(width: 20, height: 3)
    let columns = [
      Column("Name", width: .share(1)), Column("p", width: .cells(4), alignment: .right),
    ]
    canvas.table(
      columns, rows: [[Span("Nodule, left upper zone"), Span("0.93")], [Span("b"), Span("1")]],
      in: canvas.bounds, selected: 0)
    #expect(
      canvas.text == """
         Name              p
        ▸Nodule, left … 0.93
         b                 1
        """)
  }

  @Test(
    "a list scrolls no more than it has to",
    arguments: [
      (0, 10, 4, 3, 0), (5, 10, 4, 0, 2), (5, 10, 4, 4, 4), (9, 10, 4, 0, 6), (2, 3, 4, 2, 0),
      (0, 0, 4, 9, 0), (3, 10, 0, 2, 2),
    ])
  func firstRow(selected: Int, count: Int, height: Int, first: Int, expected: Int) {
    let answer = Canvas.firstRow(showing: selected, of: count, height: height, from: first)
    #expect(answer == expected)
  }

  @Test("a popup clears its place and takes pictures away that it covers")
  func popup() {
    var canvas = Canvas(width: 12, height: 4)
    canvas.fill(canvas.bounds, with: "#")
    let raster = GreyRaster(width: 1, height: 1, pixels: [0])
    canvas.pictures = [
      PlacedPicture(rect: Rect(x: 0, y: 0, width: 5, height: 2), raster: raster),
      PlacedPicture(rect: Rect(x: 11, y: 0, width: 1, height: 1), raster: raster),
    ]
    let inside = canvas.popup(Rect(x: 2, y: 0, width: 9, height: 4), title: "Sign")
    #expect(inside == Rect(x: 3, y: 1, width: 7, height: 2))
    #expect(canvas.pictures.map(\.rect.x) == [11])
    #expect(
      canvas.text == """
        ##┌─ Si… ─┐#
        ##│       │#
        ##│       │#
        ##└───────┘#
        """)
  }
}
