import Terminal
import Testing

@testable import Workstation

@Suite("Text being typed")
struct TextTests {
  @Test("every caret of a layout leads to a place and back", arguments: [1, 3, 7, 20, 80])
  func roundTrip(width: Int) {
    let text = "One two  three\n\n山田 is here, averyveryverylongword\nend "
    let layout = TextLayout(text, width: width)
    for caret in 0...text.count {
      let (line, column) = layout.place(of: caret)
      #expect(layout.lines.indices.contains(line))
      let back = layout.caret(line: line, column: column)
      // A caret in a space that a line swallowed comes back to the line's end.
      #expect(back == min(caret, layout.lines[line].end))
    }
    for line in layout.lines where width > 1 { #expect(cellWidth(of: line.text) <= width) }
  }

  @Test("any typing keeps the caret within the text", arguments: 0..<30 as Range<UInt64>)
  func caret(seed: UInt64) {
    var random = SplitMix(seed: seed)
    var box = TextBox("")
    var line = TextLine("")
    let keys: [Key] =
      "a b\u{301}山👩‍👩‍👧".map { .character($0) } + [
        .enter, .backspace, .delete, .left, .right, .up, .down, .home, .end, .control("w"),
      ]
    for _ in 0..<200 {
      let key = keys[Int(random.next() % UInt64(keys.count))]
      _ = box.type(key, width: 5)
      _ = line.type(key)
      #expect((0...box.text.count).contains(box.caret))
      #expect((0...line.text.count).contains(line.caret))
    }
  }

  @Test("up and down leave the box at its ends")
  func leaves() {
    var box = TextBox("one\ntwo", caret: 1)
    let answer = box.type(.up, width: 10)
    #expect(!answer)
    let answer2 = box.type(.down, width: 10)
    #expect(answer2)
    #expect(box.caret == 5)
    let answer3 = box.type(.down, width: 10)
    #expect(!answer3)
  }
}
