import Imaging
import Testing

@Suite("Painting on greys")
struct GreyPaintingTests {
  private func grey(_ painting: GreyPainting, _ x: Int, _ y: Int) -> UInt8 {
    painting.pixels[y * painting.width + x]
  }

  @Test("a frame is a white line between two black ones, and leaves its inside as it was")
  func frame() {
    var painting = GreyPainting(width: 40, height: 30, pixels: .init(repeating: 99, count: 1200))
    painting.frame(x0: 10, y0: 10, x1: 30, y1: 20, thickness: 1)
    #expect(grey(painting, 9, 9) == 255 && grey(painting, 30, 20) == 255)
    #expect(grey(painting, 8, 8) == 0 && grey(painting, 10, 10) == 0)
    #expect(grey(painting, 20, 15) == 99 && grey(painting, 5, 5) == 99)
  }

  @Test("words are white on black, and what falls outside is lost")
  func words() {
    var painting = GreyPainting(width: 30, height: 20, pixels: .init(repeating: 99, count: 600))
    painting.write("R1", x: 4, y: 4)
    // The foot of the R: its leg at the right, black before it.
    #expect(grey(painting, 4, 4) == 255 && grey(painting, 12, 17) == 255)
    #expect(grey(painting, 10, 17) == 0)
    let once = painting
    painting.write("FAR", x: 500, y: 500)
    painting.write("é", x: -100, y: -100)
    #expect(painting == once)
  }

  @Test("there is a glyph for every capital, digit and mark that labels use")
  func glyphs() {
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,%" {
      #expect(PixelFont.glyphs[letter]?.count == PixelFont.height, "\(letter)")
    }
  }
}
