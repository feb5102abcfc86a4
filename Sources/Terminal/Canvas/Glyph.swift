/// What fits into one cell of a terminal: a base and the marks drawn onto it.
///
/// This is not Swift's `Character`: a terminal knows neither flags nor joined emoji nor conjuncts,
/// it gives every spacing scalar its own columns. Splitting text the same way keeps the grid
/// straight.
struct Glyph: Hashable {
  let character: Character
  let width: Int8

  /// Marks kept per glyph; a `cchar_t` of ncurses holds five scalars.
  static let maximumMarks = 4

  static let replacement = Glyph(character: "\u{FFFD}", width: 1)
  static let ellipsis = Glyph(character: "…", width: 1)
  static let blank = Glyph(character: " ", width: 1)

  /// The 95 printable glyphs of ASCII, from the space on; nearly all text is made of them.
  static let ascii: [Glyph] = (0x20..<0x7f).map {
    Glyph(character: Character(Unicode.Scalar(UInt8($0))), width: 1)
  }

  /// The first glyph of `text`, or a blank if it has none.
  static func first(of text: String) -> Glyph {
    var glyphs = Sequence(text)
    return glyphs.next() ?? .blank
  }

  /// The glyphs of a text, safe to draw.
  struct Sequence: Swift.Sequence, IteratorProtocol {
    private var scalars: String.UnicodeScalarView.Iterator
    private var pending: Unicode.Scalar?

    init(_ text: String) {
      scalars = text.unicodeScalars.makeIterator()
      pending = scalars.next()
    }

    mutating func next() -> Glyph? {
      while let base = pending {
        pending = scalars.next()
        if (0x20..<0x7f).contains(base.value), pending.map({ $0.value < 0x300 }) ?? true {
          return Glyph.ascii[Int(base.value) - 0x20]
        }
        if Safety.isDropped(base) { continue }
        let safe = Safety.visible(base)
        // A mark with nothing to sit on would land on the neighbour's cell.
        guard !CellWidth.isMark(safe) else { return .replacement }
        let width = CellWidth.of(safe)
        guard let next = pending, next.value >= 0x300 else {
          return Glyph(character: Character(safe), width: width)
        }
        var text = String(Character(safe))
        takeMarks(onto: &text)
        return Glyph(character: Character(text), width: width)
      }
      return nil
    }

    private mutating func takeMarks(onto text: inout String) {
      var marks = 0
      while let mark = pending {
        if !Safety.isDropped(mark) {
          guard CellWidth.isMark(mark), Safety.isVisible(mark) else { return }
          if marks < Glyph.maximumMarks {
            var longer = text
            longer.unicodeScalars.append(mark)
            // A Hangul vowel is a mark to the terminal but stands alone after a Latin letter.
            guard longer.count == 1 else { return }
            text = longer
            marks += 1
          }
        }
        pending = scalars.next()
      }
    }
  }
}
