/// A screenful of cells to draw on: the only thing a view ever touches.
///
/// Drawing never traps and never leaves the ``clip`` rectangle: what falls outside is lost. Text
/// is made harmless on the way in, as ``sanitized(_:)`` does, so a canvas holds no controls.
public struct Canvas: Sendable {
  public let width: Int
  public let height: Int
  /// All cells, row after row.
  public private(set) var cells: [Cell]
  /// Where the terminal's own cursor stands; `nil` hides it.
  ///
  /// Put it on the selection or into the field being typed into: screen readers follow it.
  public var cursor: Position?
  /// Pictures in pixels, drawn over the cells below them once the reader pauses.
  public var pictures: [PlacedPicture] = []
  /// Rows of lists, where they are seen.
  var choices: [Choice] = []
  /// The only cells that drawing can change; never larger than ``bounds``.
  public private(set) var clip: Rect

  /// A blank canvas; a negative size counts as none.
  public init(width: Int, height: Int) {
    self.width = max(0, width)
    self.height = max(0, height)
    cells = Array(repeating: .blank, count: self.width * self.height)
    clip = Rect(x: 0, y: 0, width: self.width, height: self.height)
  }

  public var bounds: Rect { Rect(x: 0, y: 0, width: width, height: height) }

  /// The cell at a column and row; outside, reading gives a blank and writing does nothing.
  public subscript(x: Int, y: Int) -> Cell {
    get { bounds.contains(x: x, y: y) ? cells[y * width + x] : .blank }
    set { put(newValue, x: x, y: y) }
  }

  /// The cells of one row; the row has to exist.
  public func row(_ y: Int) -> ArraySlice<Cell> {
    precondition(y >= 0 && y < height, "a canvas has only its own rows")
    return cells[y * width..<(y + 1) * width]
  }

  /// Draws with everything outside `rect` protected.
  public mutating func clipped(to rect: Rect, _ body: (inout Canvas) -> Void) {
    let outer = clip
    clip = clip.intersection(rect)
    body(&self)
    clip = outer
  }

  /// Draws one line of text and answers how many columns it took.
  ///
  /// What is longer than `maxWidth`, or than the way to the right edge, ends in `…`.
  @discardableResult
  public mutating func draw(
    _ text: String, at position: Position, style: Style = .text, maxWidth: Int? = nil
  ) -> Int {
    guard position.y >= clip.y, position.y < clip.endY, position.x < clip.endX else { return 0 }
    let start = max(position.x, -1_000_000)
    let room = min(maxWidth ?? .max, clip.endX - start)
    var x = start
    for glyph in fitted(text, toCells: room) {
      let cell = Cell(unchecked: glyph.character, width: glyph.width, style: style)
      if x == clip.x - 1, glyph.width == 2 {
        // Half a glyph cannot be shown; what was there before must not be either.
        put(Cell(" ", style: style), x: clip.x, y: position.y)
      } else {
        put(cell, x: x, y: position.y)
      }
      x += Int(glyph.width)
    }
    return x - start
  }

  /// Draws pieces of differently styled text, one after the other, on one line.
  @discardableResult
  public mutating func draw(
    _ spans: [Span], at position: Position, maxWidth: Int? = nil
  ) -> Int {
    let end = min(maxWidth ?? .max, clip.endX - min(position.x, clip.endX))
    var used = 0
    for span in spans where used < end {
      used += draw(
        span.text, at: Position(position.x + used, position.y), style: span.style,
        maxWidth: end - used)
    }
    return used
  }

  /// Fills a rectangle with one glyph.
  public mutating func fill(_ rect: Rect, with character: Character = " ", style: Style = .text) {
    let target = rect.intersection(clip)
    let cell = Cell(character, style: style)
    for y in target.y..<target.endY {
      for x in stride(from: target.x, to: target.endX, by: Int(cell.width)) {
        put(cell, x: x, y: y)
      }
    }
  }

  /// Gives the cells of a rectangle another style and leaves their glyphs alone.
  public mutating func restyle(_ rect: Rect, style: Style) {
    let target = rect.intersection(clip)
    for y in target.y..<target.endY {
      for x in target.x..<target.endX { cells[y * width + x].style = style }
    }
  }

  /// Puts ready-made cells, such as a picture in block art, with `position` as their top left.
  public mutating func place(_ rows: [[Cell]], at position: Position) {
    for (dy, row) in rows.enumerated() {
      for (dx, cell) in row.enumerated() { put(cell, x: position.x + dx, y: position.y + dy) }
    }
  }

  /// The rows joined by line feeds, without trailing spaces: what a test compares.
  public var text: String {
    (0..<height).map { y in
      var line = ""
      for cell in row(y) where !cell.isContinuation { line.append(cell.character) }
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }

  /// Writes one cell; a wide glyph is never left with only one of its halves.
  private mutating func put(_ cell: Cell, x: Int, y: Int) {
    guard clip.contains(x: x, y: y), !cell.isContinuation else { return }
    var cell = cell
    let index = y * width + x
    if cell.style.isTransparent {
      cell.style.isTransparent = false
      cell.style.backgroundGrey = cells[index].style.backgroundGrey
    }
    if cell.width == 2, !clip.contains(x: x + 1, y: y) {
      cell = Cell(unchecked: " ", width: 1, style: cell.style)
    }
    repair(around: index, x: x)
    if cell.width == 2 {
      repair(around: index + 1, x: x + 1)
      cells[index + 1] = .continuation(style: cell.style)
    }
    cells[index] = cell
  }

  /// Blanks the other half of a wide glyph that is about to lose the half at `index`.
  private mutating func repair(around index: Int, x: Int) {
    if cells[index].isContinuation, x > 0 {
      cells[index - 1] = Cell(unchecked: " ", width: 1, style: cells[index - 1].style)
    } else if cells[index].width == 2, x + 1 < width {
      cells[index + 1] = Cell(unchecked: " ", width: 1, style: cells[index + 1].style)
    }
  }
}
