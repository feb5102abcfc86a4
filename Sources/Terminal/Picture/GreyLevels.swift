/// The 30 fixed greys of a 256-colour terminal: its grey ramp and the greys of its colour cube.
///
/// Source: xterm's 256colres.h; entries 16 to 255 are the same everywhere, the first 16 are the
/// user's own and are not used.
enum GreyLevels {
  /// Greys from dark to light with their palette index.
  static let all: [(grey: UInt8, index: Int16)] =
    ([(0, 16), (95, 59), (135, 102), (175, 145), (215, 188), (255, 231)]
    + (0..<24).map { (UInt8(8 + 10 * $0), Int16(232 + $0)) })
    .sorted { $0.0 < $1.0 }

  /// The palette index of the nearest fixed grey.
  static let index: [Int16] = (0...255).map { nearest($0).index }
  /// The nearest fixed grey.
  static let rounded: [UInt8] = (0...255).map { nearest($0).grey }

  private static func nearest(_ grey: Int) -> (grey: UInt8, index: Int16) {
    var best = all[0]
    for level in all where abs(Int(level.grey) - grey) < abs(Int(best.grey) - grey) { best = level }
    return best
  }
}
