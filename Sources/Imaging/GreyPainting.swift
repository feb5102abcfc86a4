/// Grey pixels to paint on; what falls outside is lost.
///
/// Places are in pixels from the upper left corner; `x1` and `y1` are exclusive.
public struct GreyPainting: Sendable, Hashable {
  public let width: Int
  public let height: Int
  /// Row by row from the top, 0 is black.
  public private(set) var pixels: [UInt8]

  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(pixels.count == width * height, "pixels are [height, width]")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  public mutating func fill(x0: Int, y0: Int, x1: Int, y1: Int, grey: UInt8) {
    guard max(0, x0) < min(width, x1) else { return }
    for y in max(0, y0)..<max(0, y0, min(height, y1)) {
      for x in max(0, x0)..<min(width, x1) { pixels[y * width + x] = grey }
    }
  }

  /// A white line with a black one on either side: visible on any grey.
  public mutating func frame(x0: Int, y0: Int, x1: Int, y1: Int, thickness: Int) {
    for (grow, grey) in [(thickness + 1, UInt8(0)), (thickness, UInt8(255)), (0, UInt8(0))] {
      let width = grow == 0 ? 1 : grow + (grey == 0 ? 1 : 0)
      outline(
        x0: x0 - grow, y0: y0 - grow, x1: x1 + grow, y1: y1 + grow,
        width: grow == 0 ? 1 : width, grey: grey)
    }
  }

  private mutating func outline(x0: Int, y0: Int, x1: Int, y1: Int, width: Int, grey: UInt8) {
    fill(x0: x0, y0: y0, x1: x1, y1: y0 + width, grey: grey)
    fill(x0: x0, y0: y1 - width, x1: x1, y1: y1, grey: grey)
    fill(x0: x0, y0: y0, x1: x0 + width, y1: y1, grey: grey)
    fill(x0: x1 - width, y0: y0, x1: x1, y1: y1, grey: grey)
  }

  /// How high a line of words is that is painted at `scale` pixels per pixel of a glyph.
  public static func lineHeight(scale: Int = 2) -> Int { PixelFont.height * scale }

  /// How wide words are.
  public static func width(of text: String, scale: Int = 2) -> Int {
    text.count * (PixelFont.width + 1) * scale
  }

  /// White on black; letters without a glyph are left out.
  public mutating func write(_ text: String, x: Int, y: Int, scale: Int = 2) {
    let glyphs = text.compactMap { PixelFont.glyphs[$0] }
    let step = (PixelFont.width + 1) * scale
    fill(
      x0: x - 2, y0: y - 2, x1: x + glyphs.count * step + 1,
      y1: y + PixelFont.height * scale + 2, grey: 0)
    for (index, glyph) in glyphs.enumerated() {
      for (row, bits) in glyph.enumerated() {
        for column in 0..<PixelFont.width where bits >> (PixelFont.width - 1 - column) & 1 == 1 {
          let left = x + index * step + column * scale
          fill(
            x0: left, y0: y + row * scale, x1: left + scale, y1: y + (row + 1) * scale, grey: 255)
        }
      }
    }
  }
}
