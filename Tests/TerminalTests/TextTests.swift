import Glibc
import TestSupport
import Testing

@testable import Terminal

@Suite struct TextTests {
  @Test(
    "what could command or deceive a terminal becomes visible",
    arguments: [
      ("plain", "plain"),
      ("\u{1b}[2J", "␛[2J"),
      ("\u{1b}]0;title\u{7}", "␛]0;title␇"),
      ("\u{9b}31m", "\u{FFFD}31m"),
      ("a\u{202e}b\u{2066}c\u{200f}", "a\u{FFFD}b\u{FFFD}c\u{FFFD}"),
      ("a\u{200b}b\u{feff}", "a\u{FFFD}b\u{FFFD}"),
      ("tab\tline\nreturn\r\u{7f}\u{0}", "tab␉line␊return␍␡␀"),
      ("\u{301}e", "\u{FFFD}e"),
      ("❤\u{fe0f}", "❤"),
      ("e\u{301}", "e\u{301}"),
      ("\u{2028}\u{e000}\u{e0041}\u{3164}", "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
      ("soft\u{ad}hyphen", "soft-hyphen"),
      ("👩\u{200d}⚕", "👩\u{FFFD}⚕"),
    ])
  func sanitizing(text: String, expected: String) {
    #expect(
      Array(sanitized(text).unicodeScalars) == Array(expected.unicodeScalars))
  }

  @Test("random text is harmless once it passed, and passes unchanged again", arguments: 0..<300)
  func harmless(seed: UInt64) {
    var random = Seeded(seed)
    let ranges: [ClosedRange<UInt32>] = [
      0...0x20, 0x20...0x7e, 0x7f...0xa0, 0x300...0x36f, 0x600...0x6ff, 0x2000...0x206f,
      0xe000...0xe010, 0x1f1e6...0x1f1ff, 0x1f600...0x1f640, 0xe0000...0xe01ef, 0x80...0xd7ff,
    ]
    var text = String.UnicodeScalarView()
    for _ in 0..<40 {
      let range = ranges.randomElement(using: &random) ?? 0...1
      if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) {
        text.append(scalar)
      }
    }
    let safe = sanitized(String(text))
    for scalar in safe.unicodeScalars {
      #expect(scalar.value >= 0x20 && !(0x7f...0x9f).contains(scalar.value))
      #expect(scalar.properties.generalCategory != .format)
    }
    #expect(Array(sanitized(safe).unicodeScalars) == Array(safe.unicodeScalars))
    var canvas = Canvas(width: 200, height: 1)
    #expect(canvas.draw(String(text), at: Position(0, 0)) == cellWidth(of: safe))
  }

  @Test("no glyph keeps more than four marks")
  func marks() {
    let safe = sanitized("e" + String(repeating: "\u{301}", count: 40) + "x")
    #expect(safe.unicodeScalars.count == 6)
    #expect(cellWidth(of: safe) == 2)
  }

  @Test(
    "a character is as wide as terminals draw it",
    arguments: [
      ("a", 1), ("é", 1), ("e\u{301}", 1), ("中", 2), ("Ａ", 2), ("ｱ", 1), ("한", 2),
      ("\u{1112}\u{1161}\u{11ab}", 2), ("😀", 2), ("▸", 1), ("█", 1), ("⣿", 1), ("…", 1),
      ("\u{1b}", 1), ("🇩🇪", 2), ("✓", 1), ("\u{ad}", 1),
    ] as [(Character, Int)])
  func width(character: Character, expected: Int) {
    #expect(cellWidth(of: character) == expected)
  }

  @Test("the width table is the C library's, wherever both know the scalar")
  func sameAsLibc() throws {
    let utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nil)
    try #require(utf8 != nil)
    // glibc's header hides it from Swift.
    let symbol = try #require(dlsym(nil, "wcwidth"))
    let wcwidth = unsafeBitCast(symbol, to: (@convention(c) (Int32) -> Int32).self)
    let before = uselocale(utf8)
    defer {
      uselocale(before)
      freelocale(utf8)
    }
    var different = 0
    for value in UInt32(0x20)...0x1ffff {
      guard let scalar = Unicode.Scalar(value), Safety.isVisible(scalar),
        !Safety.isDropped(scalar)
      else { continue }
      let theirs = wcwidth(Int32(value))
      if theirs >= 0, theirs != Int32(CellWidth.of(scalar)) { different += 1 }
    }
    // Newer Unicode in Swift than in libc, or the other way round, may move a few.
    #expect(different <= 5)
  }

  @Test("padding fills and cuts to exactly so many columns")
  func padding() {
    #expect(padded("ab", toCells: 4) == "ab  ")
    #expect(padded("ab", toCells: 4, alignment: .right) == "  ab")
    #expect(padded("ab", toCells: 5, alignment: .centre) == " ab  ")
    #expect(padded("中中", toCells: 3) == "中…")
    #expect(padded("中中中", toCells: 4) == "中… ")
    #expect(padded("a", toCells: 0) == "")
  }

  @Test("lines break at spaces, and within words that are too long")
  func wrapping() {
    #expect(wrapped("the left upper zone", toCells: 8) == ["the left", "upper", "zone"])
    #expect(wrapped("abcdefghij k", toCells: 4) == ["abcd", "efgh", "ij k"])
    #expect(wrapped("  indented\n\nnext", toCells: 20) == ["  indented", "", "next"])
    #expect(wrapped("中中中", toCells: 4) == ["中中", "中"])
    #expect(wrapped("", toCells: 4) == [""])
    #expect(wrapped("ab", toCells: 0) == ["a", "b"])
  }

  @Test("wrapped lines are never too long and lose no letter", arguments: 0..<100)
  func wrappingKeeps(seed: UInt64) {
    var random = Seeded(seed)
    let text = String((0..<80).map { _ in "ab é 中".randomElement(using: &random) ?? "a" })
    let lines = wrapped(text, toCells: 9)
    #expect(lines.allSatisfy { cellWidth(of: $0) <= 9 })
    #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
  }
}
