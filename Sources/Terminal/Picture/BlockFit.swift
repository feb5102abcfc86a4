/// Picks the block glyph and the two greys that come nearest to 8 × 8 samples.
///
/// Twenty splits of the cell are tried: seven heights, seven widths, five sets of quadrants, and
/// no split. For each the best two greys are the means of its parts, so the split that leaves the
/// least squared error is the one with the greatest `S²/n + (T−S)²/(64−n)`, where `S` and `n` are
/// sum and count of the samples under the glyph and `T` is the sum of all.
enum BlockFit {
  private struct Split {
    let sum: Int
    let count: Int
    let glyph: Character
  }

  static func cell(of pixels: UnsafeBufferPointer<UInt8>, from start: Int, stride: Int) -> Cell {
    var columns: InlineArray<8, Int> = .init(repeating: 0)
    var quadrants: InlineArray<4, Int> = .init(repeating: 0)
    var rows: InlineArray<8, Int> = .init(repeating: 0)
    var darkest: UInt8 = 255
    var lightest: UInt8 = 0
    for y in 0..<8 {
      var left = 0
      var right = 0
      for x in 0..<8 {
        let pixel = pixels[start + y * stride + x]
        darkest = min(darkest, pixel)
        lightest = max(lightest, pixel)
        columns[x] += Int(pixel)
        if x < 4 { left += Int(pixel) } else { right += Int(pixel) }
      }
      rows[y] = left + right
      quadrants[y < 4 ? 0 : 2] += left
      quadrants[y < 4 ? 1 : 3] += right
    }
    let total = quadrants[0] + quadrants[1] + quadrants[2] + quadrants[3]
    // Flat to the eye: no glyph can improve on one grey.
    guard GreyLevels.rounded[Int(darkest)] != GreyLevels.rounded[Int(lightest)] else {
      return flat(total: total)
    }
    var best = Split(sum: 0, count: 0, glyph: " ")
    var bestScore = Float(total * total) / 64
    func consider(_ sum: Int, _ count: Int, _ glyph: @autoclosure () -> Character) {
      let other = total - sum
      let score = Float(sum * sum) / Float(count) + Float(other * other) / Float(64 - count)
      guard score > bestScore else { return }
      bestScore = score
      best = Split(sum: sum, count: count, glyph: glyph())
    }
    var lower = 0
    var left = 0
    for eighth in 1...7 {
      lower += rows[8 - eighth]
      left += columns[eighth - 1]
      consider(lower, eighth * 8, Canvas.lowerEighths[eighth])
      consider(left, eighth * 8, Canvas.leftEighths[eighth])
    }
    consider(quadrants[0], 16, "▘")
    consider(quadrants[1], 16, "▝")
    consider(quadrants[2], 16, "▖")
    consider(quadrants[3], 16, "▗")
    consider(quadrants[0] + quadrants[3], 32, "▚")
    guard best.count > 0 else { return flat(total: total) }
    let front = GreyLevels.rounded[(best.sum + best.count / 2) / best.count]
    let rest = 64 - best.count
    let back = GreyLevels.rounded[(total - best.sum + rest / 2) / rest]
    guard front != back else { return flat(total: total) }
    return Cell(
      unchecked: best.glyph, width: 1, style: Style(foregroundGrey: front, backgroundGrey: back))
  }

  private static func flat(total: Int) -> Cell {
    let grey = GreyLevels.rounded[(total + 32) / 64]
    return Cell(
      unchecked: " ", width: 1, style: Style(foregroundGrey: grey, backgroundGrey: grey))
  }
}
