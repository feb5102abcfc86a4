/// A column of a table.
public struct Column: Sendable, Hashable {
  public var title: String
  public var width: Length
  public var alignment: Alignment

  public init(_ title: String, width: Length, alignment: Alignment = .left) {
    self.title = title
    self.width = width
    self.alignment = alignment
  }
}

extension Canvas {
  /// Draws a header line and below it the rows of a list, one space between columns.
  ///
  /// Each row has one span per column; missing ones stay blank. Selection and `first` are those of
  /// ``list(_:in:selected:first:isFocused:)``; the header takes the first line of `rect`.
  public mutating func table(
    _ columns: [Column], rows: [[Span]], in rect: Rect, selected: Int?, first: Int = 0,
    isFocused: Bool = true
  ) {
    let (header, body) = rect.splitRows(top: 1)
    let inner = header.splitColumns(left: 1).rest
    let widths = Self.widths(of: columns, in: inner)
    let titles = columns.map { Span($0.title, style: .muted) }
    draw(
      Self.line(titles, columns: columns, widths: widths), at: inner.origin,
      maxWidth: inner.width)
    let last = min(rows.count, max(0, first) + body.height)
    var lines = Array(repeating: [Span](), count: rows.count)
    for index in max(0, first)..<max(0, first, last) {
      lines[index] = Self.line(rows[index], columns: columns, widths: widths)
    }
    list(lines, in: body, selected: selected, first: first, isFocused: isFocused)
  }

  /// Where ``table(_:rows:in:selected:first:isFocused:)`` puts the titles of its columns.
  public static func titles(of columns: [Column], in rect: Rect) -> [Rect] {
    let inner = rect.splitRows(top: 1).top.splitColumns(left: 1).rest
    var x = inner.x
    return widths(of: columns, in: inner).map { width in
      defer { x += width > 0 ? width + 1 : 0 }
      return Rect(x: x, y: inner.y, width: width, height: inner.height)
    }
  }

  private static func widths(of columns: [Column], in inner: Rect) -> [Int] {
    Length.resolve(columns.map(\.width), total: inner.width - max(0, columns.count - 1))
  }

  private static func line(_ spans: [Span], columns: [Column], widths: [Int]) -> [Span] {
    var line: [Span] = []
    for (index, column) in columns.enumerated() where widths[index] > 0 {
      let span = index < spans.count ? spans[index] : Span("")
      let text = padded(span.text, toCells: widths[index], alignment: column.alignment)
      line.append(Span(text, style: span.style))
      line.append(Span(" "))
    }
    return line
  }
}
