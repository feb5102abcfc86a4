/// A patch of a picture that may be a letter burned into it, or several that touch.
///
/// A letter is a bright patch that stands out from what is around it, about as high as it is wide;
/// letters that touch count by their width. Letters in a row are of one height, on one line, and no
/// farther apart than they are high. One marker for left or right, which nearly every radiograph
/// carries, is no row.
struct LetterPatch {
  /// So many letters in a row are taken for text.
  ///
  /// This and the other limits were chosen so that hardly a chest is suspected. On pictures of 256
  /// pixels that was 12 of 2,053 chests, 3 of 272 mammograms and 161 of 662 ultrasound images. Of 35
  /// such ultrasound images 17 carry a word, and the others bright streaks of tissue; letters lower
  /// than 5 of 256 pixels are not found. It is a suspicion, and no proof that there are none.
  static let suspicious = 4

  private let left: Int
  private let top: Int
  private let right: Int
  private let bottom: Int

  private var width: Double { Double(right - left) }
  private var height: Double { Double(bottom - top) }
  /// A letter is about three quarters as wide as high.
  private var letters: Int { max(1, Int((width / height / 0.75).rounded())) }

  /// How many letters the longest row has.
  static func longestRow(in picture: Glance) -> Int {
    // Thousands of patches are the grain of a picture.
    let patches = patches(of: letterPixels(of: picture), in: picture)
      .sorted { ($0.left, $0.top) < ($1.left, $1.top) }.prefix(2_000)
    var lengths: [Int] = []
    for (index, patch) in patches.enumerated() {
      let before = (0..<index).filter { patch.follows(patches[$0]) }.map { lengths[$0] }.max() ?? 0
      lengths.append(before + patch.letters)
    }
    return lengths.max() ?? 0
  }

  /// Whether this patch is the next one in a row.
  private func follows(_ other: LetterPatch) -> Bool {
    let gap = Double(left - other.right)
    let higher = max(height, other.height)
    return abs(height - other.height) <= 1 + 0.15 * higher
      && Double(abs(bottom - other.bottom)) <= 1 + 0.1 * height
      && Double(abs(top - other.top)) <= 1 + 0.1 * height
      && gap >= -1 && gap <= 1.3 * higher
  }

  /// Bright pixels, and brighter by a fifth of all greys than the nine by nine around them.
  private static func letterPixels(of picture: Glance) -> [Bool] {
    let sums = BoxSums(of: picture)
    return (0..<picture.rows * picture.columns).map { index in
      let value = picture.values[index]
      guard value >= 0.65 else { return false }
      let mean = sums.mean(
        row: index / picture.columns, column: index % picture.columns, reach: 4)
      return value - mean >= 0.2
    }
  }

  /// The patches that may be letters: 5 to 20 pixels high, and no lines.
  private static func patches(of pixels: [Bool], in picture: Glance) -> [LetterPatch] {
    var pixels = pixels
    var found: [LetterPatch] = []
    var waiting: [Int] = []
    let columns = picture.columns
    for start in pixels.indices where pixels[start] {
      var (left, right, top, bottom, count) = (columns, 0, picture.rows, 0, 0)
      waiting = [start]
      pixels[start] = false
      while let index = waiting.popLast() {
        let (row, column) = (index / columns, index % columns)
        (left, right) = (min(left, column), max(right, column + 1))
        (top, bottom) = (min(top, row), max(bottom, row + 1))
        count += 1
        func visit(_ next: Int, _ exists: Bool) {
          guard exists, pixels[next] else { return }
          pixels[next] = false
          waiting.append(next)
        }
        visit(index - columns, row > 0)
        visit(index + columns, row < picture.rows - 1)
        visit(index - 1, column > 0)
        visit(index + 1, column < columns - 1)
      }
      let patch = LetterPatch(left: left, top: top, right: right, bottom: bottom)
      if (5...20).contains(patch.height), patch.width <= 3.2 * patch.height,
        Double(count) >= 0.15 * patch.width * patch.height
      {
        found.append(patch)
      }
    }
    return found
  }
}

/// Sums over rectangles of a picture, each in four additions (Crow 1984).
private struct BoxSums {
  private let columns: Int
  private let rows: Int
  private let sums: [Double]

  init(of picture: Glance) {
    columns = picture.columns
    rows = picture.rows
    var sums = [Double](repeating: 0, count: (columns + 1) * (rows + 1))
    for row in 0..<rows {
      var line = 0.0
      for column in 0..<columns {
        line += Double(picture[row, column])
        sums[(row + 1) * (columns + 1) + column + 1] = sums[row * (columns + 1) + column + 1] + line
      }
    }
    self.sums = sums
  }

  /// The mean of the pixels at most `reach` away each way, of those that exist.
  func mean(row: Int, column: Int, reach: Int) -> Float {
    let (top, bottom) = (max(0, row - reach), min(rows, row + reach + 1))
    let (left, right) = (max(0, column - reach), min(columns, column + reach + 1))
    func sum(_ row: Int, _ column: Int) -> Double { sums[row * (columns + 1) + column] }
    let total = sum(bottom, right) - sum(top, right) - sum(bottom, left) + sum(top, left)
    return Float(total / Double((bottom - top) * (right - left)))
  }
}
