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
}
