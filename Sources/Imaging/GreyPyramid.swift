/// An image with smaller copies of itself, each half as wide and as high as the one before.
///
/// Looking at a whole image then costs as much as what fits on a screen, not as much as the image
/// has pixels: 9 million values of a radiograph are averaged once and not for every step of a pan.
public struct GreyPyramid: Sendable {
  /// The whole image.
  public let image: GreyImage
  /// Half as large, a quarter as large and so on; none of fewer than ``smallest`` pixels a side.
  private let smaller: [GreyImage]

  /// Below this a screen has more pixels than the image, whatever the terminal.
  private static let smallest = 64

  public init(_ image: GreyImage) {
    self.image = image
    var levels = [image]
    while min(levels[levels.count - 1].columns, levels[levels.count - 1].rows) >= Self.smallest * 2
    {
      levels.append(levels[levels.count - 1].halved())
    }
    smaller = Array(levels.dropFirst())
  }

  /// The greys of the image on a raster of `width` by `height`, row by row; black around the image.
  ///
  /// A MONOCHROME1 image comes out as it is meant to be seen. Each grey is the window's of the mean
  /// of the area the raster's pixel covers; areas are cut at whole pixels of the smallest copy that
  /// still has more of them than the raster.
  public func render(
    _ view: View, width: Int, height: Int, pixelAspect: Double = 1
  ) -> [UInt8] {
    guard width > 0, height > 0 else { return [] }
    let place = Projection(
      columns: image.columns, rows: image.rows, view: view, width: width, height: height,
      pixelAspect: pixelAspect)
    var source = image
    var shrunk = 1.0
    for level in smaller where min(1 / place.scaleX, 1 / place.scaleY) >= shrunk * 2 {
      source = level
      shrunk *= 2
    }
    return source.greys(
      of: image, view, at: place, shrunk: shrunk, width: width, height: height)
  }
}

extension GreyImage {
  /// Half as wide and as high, rounded up: each value is the mean of the up to four it stands for.
  func halved() -> GreyImage {
    let (width, height) = ((columns + 1) / 2, (rows + 1) / 2)
    var half = [Float](repeating: 0, count: width * height)
    values.withUnsafeBufferPointer { source in
      half.withUnsafeMutableBufferPointer { half in
        for row in 0..<height {
          let upper = 2 * row * columns
          let lower = min(2 * row + 1, rows - 1) * columns
          for column in 0..<width {
            let (left, right) = (2 * column, min(2 * column + 1, columns - 1))
            half[row * width + column] =
              (source[upper + left] + source[upper + right] + source[lower + left]
                + source[lower + right]) / 4
          }
        }
      }
    }
    return GreyImage(
      columns: width, rows: height, values: half, isInverted: isInverted, windows: windows,
      bits: bits, padding: padding)
  }
}
