/// Pictures without greys.
enum Dither {
  /// Ordered 4 × 4 thresholds (Bayer 1973): every pattern of dots stands still while panning.
  private static let bayer: [Int] = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5]

  /// The bit of a braille pattern for each sample, row by row.
  ///
  /// Source: Unicode block U+2800.
  private static let dots: [UInt32] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]

  static func braille(
    of pixels: UnsafeBufferPointer<UInt8>, column: Int, row: Int, stride: Int
  ) -> Cell {
    var pattern: UInt32 = 0
    for y in 0..<4 {
      for x in 0..<2 {
        let pixel = Int(pixels[(row * 4 + y) * stride + column * 2 + x])
        let threshold = bayer[y * 4 + (column * 2 + x) % 4] * 16 + 8
        if pixel >= threshold { pattern |= dots[y * 2 + x] }
      }
    }
    guard pattern != 0, let scalar = Unicode.Scalar(0x2800 + pattern) else { return .blank }
    return Cell(unchecked: Character(scalar), width: 1, style: .text)
  }

  /// Characters from no ink to most ink.
  static let ramp: [Character] = [" ", ".", ":", "-", "=", "+", "*", "#", "%", "@"]

  static func ascii(of grey: UInt8) -> Cell {
    Cell(unchecked: ramp[(Int(grey) * 9 + 127) / 255], width: 1, style: .text)
  }
}
