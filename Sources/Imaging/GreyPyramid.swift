/// An image with smaller copies of itself, each half as wide and as high as the one before.
///
/// Looking at a whole image then costs as much as what fits on a screen, not as much as the image
/// has pixels: 9 million values of a radiograph are averaged once and not for every step of a pan.
public struct GreyPyramid: Sendable {
  /// Of the whole image, in pixels.
  public let columns: Int
  public let rows: Int
  /// As ``GreyImage/spacing``.
  public let spacing: GreyImage.Spacing?
  /// As ``GreyImage/windows``.
  public let windows: [Window]
  /// As ``GreyImage/unit``.
  public let unit: String?
  private let isInverted: Bool
  private let padding: Float?
  /// The whole image first, then half as large, a quarter as large and so on; no copy has fewer
  /// than ``smallest`` pixels a side.
  private let levels: [(columns: Int, samples: GreySamples)]

  /// Below this a screen has more pixels than the image, whatever the terminal.
  private static let smallest = 64

  public init(_ image: GreyImage) {
    (columns, rows, spacing, windows) = (image.columns, image.rows, image.spacing, image.windows)
    (unit, isInverted, padding) = (image.unit, image.isInverted, image.padding)
    var levels = [(columns: image.columns, samples: GreySamples(image.values))]
    var last = image
    while min(last.columns, last.rows) >= Self.smallest * 2 {
      last = last.halved()
      levels.append((last.columns, .floats(last.values)))
    }
    self.levels = levels
  }

  /// What the values take in memory.
  public var bytes: Int { levels.reduce(0) { $0 + $1.samples.bytes } }

  /// The value of the pixel at a place in continuous pixels, as ``GreyImage/value(x:y:)``.
  public func value(x: Double, y: Double) -> Float? {
    guard x >= 0, y >= 0, x < Double(columns), y < Double(rows) else { return nil }
    let value = levels[0].samples[Int(y) * columns + Int(x)]
    return value == padding || value.isNaN ? nil : value
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
      columns: columns, rows: rows, view: view, width: width, height: height,
      pixelAspect: pixelAspect)
    var source = levels[0]
    var shrunk = 1.0
    for level in levels.dropFirst() where min(1 / place.scaleX, 1 / place.scaleY) >= shrunk * 2 {
      source = level
      shrunk *= 2
    }
    let (across, down) = place.axes(
      columns: columns, rows: rows, shrunk: shrunk, width: width, height: height)
    return view.greys(
      of: source.samples, columns: source.columns, across, down, isInverted: isInverted)
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
