import CTerminal

/// Turns rows of cells into what ncurses is given.
struct RowEncoder {
  let theme: Theme
  /// Whether the locale knows more than ASCII; if not, glyphs are drawn as their twins.
  let isUnicode: Bool
  private var cells: [ct_cell] = []
  private var lastStyle = Style.text
  private var lastInk: Theme.Ink

  init(theme: Theme, isUnicode: Bool) {
    self.theme = theme
    self.isUnicode = isUnicode
    lastInk = theme.ink(for: Style.text)
  }

  mutating func encode(_ row: ArraySlice<Cell>) -> [ct_cell] {
    cells.removeAll(keepingCapacity: true)
    cells.reserveCapacity(row.count)
    for cell in row where !cell.isContinuation {
      if cell.style != lastStyle {
        lastStyle = cell.style
        lastInk = theme.ink(for: cell.style)
      }
      append(cell)
    }
    return cells
  }

  private mutating func append(_ cell: Cell) {
    var attributes: UInt8 = 0
    if lastInk.isBold { attributes |= UInt8(CT_BOLD.rawValue) }
    if lastInk.isReverse { attributes |= UInt8(CT_REVERSE.rawValue) }
    if lastInk.isUnderlined { attributes |= UInt8(CT_UNDERLINE.rawValue) }
    var glyph = ct_cell(
      text: (0, 0, 0, 0, 0), foreground: lastInk.foreground, background: lastInk.background,
      width: UInt8(cell.width), attributes: attributes)
    guard isUnicode else {
      let twin = ASCIITwins.twin(of: cell.character).asciiValue ?? UInt8(ascii: "?")
      glyph.text.0 = Int32(twin)
      glyph.width = 1
      for _ in 0..<cell.width { cells.append(glyph) }
      return
    }
    var scalars = cell.character.unicodeScalars.makeIterator()
    func next() -> Int32 { scalars.next().map { Int32($0.value) } ?? 0 }
    glyph.text = (next(), next(), next(), next(), next())
    cells.append(glyph)
  }
}
