/// An image as the network gets to see it: a square without border, brought to common greys.
public struct Prepared: Sendable, Hashable {
  /// Greys from 0 (dark) to 1 (bright), row by row, `side × side`; padding is 0.
  public let pixels: [Float]
  public let placement: SquarePlacement

  public var side: Int { placement.side }

  /// The network's input: content with mean 0 and deviation near 1, padding 0.
  public var input: [Float] {
    var input = pixels
    let shows = contentFlags
    Self.standardise(&input, where: shows)
    return input
  }

  /// For each pixel of the square whether it shows the image.
  var contentFlags: [Bool] {
    var flags = [Bool](repeating: false, count: side * side)
    for row in placement.top..<placement.top + placement.height {
      let start = row * side + placement.left
      for index in start..<start + placement.width { flags[index] = true }
    }
    return flags
  }

  /// Shifts and scales content to mean 0 and deviation near 1 and sets everything else to 0.
  ///
  /// The deviation is lengthened by 0.05 (of the full range of greys), so that a nearly flat
  /// image is not blown up into noise. Training does this after augmentation and reading does it
  /// at once; both through this function.
  static func standardise(_ pixels: inout [Float], where shows: [Bool]) {
    precondition(pixels.count == shows.count, "every pixel has its flag")
    var sum: Float = 0
    var count: Float = 0
    // Row sums stay small, so single precision is enough; the order is fixed.
    for index in pixels.indices where shows[index] {
      sum += pixels[index]
      count += 1
    }
    guard count > 0 else { return }
    let mean = sum / count
    var squares: Float = 0
    for index in pixels.indices where shows[index] {
      let difference = pixels[index] - mean
      squares += difference * difference
    }
    let scale = 1 / ((squares / count).squareRoot() + 0.05)
    for index in pixels.indices {
      pixels[index] = shows[index] ? (pixels[index] - mean) * scale : 0
    }
  }
}
