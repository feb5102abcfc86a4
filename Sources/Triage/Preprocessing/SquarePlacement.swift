public import Radiology

/// Where the network's square lies on the image, so that what it sees can be found again.
///
/// Image pixels count from the upper left corner of the first pixel, square pixels likewise;
/// the scale is nearly the same in both directions (the rounding to whole pixels differs).
public struct SquarePlacement: Codable, Sendable, Hashable {
  /// The part of the image the network is shown, in image pixels; the border is not in it.
  public let x0: Double
  public let y0: Double
  public let x1: Double
  public let y1: Double
  /// Where that part lies on the square, in square pixels.
  public let left: Int
  public let top: Int
  public let width: Int
  public let height: Int
  /// Side of the square in pixels.
  public let side: Int

  /// Image pixels in one square pixel.
  public var columnScale: Double { (x1 - x0) / Double(width) }
  public var rowScale: Double { (y1 - y0) / Double(height) }

  /// The place in the image under a place on the square.
  public func imagePoint(x: Double, y: Double) -> (x: Double, y: Double) {
    (x0 + (x - Double(left)) * columnScale, y0 + (y - Double(top)) * rowScale)
  }

  /// A rectangle of the square in image pixels, cut to what the network is shown.
  ///
  /// - Returns: nothing if none of it is inside.
  public func imageBox(_ box: Manifest.Box) -> Manifest.Box? {
    guard let inside = box.intersection(content) else { return nil }
    let upper = imagePoint(x: inside.x0, y: inside.y0)
    let lower = imagePoint(x: inside.x1, y: inside.y1)
    return Manifest.Box(x0: upper.x, y0: upper.y, x1: lower.x, y1: lower.y)
  }

  /// A rectangle of the image in square pixels, cut to what the network is shown.
  ///
  /// - Returns: nothing if none of it is inside.
  public func squareBox(_ box: Manifest.Box) -> Manifest.Box? {
    let seen = Manifest.Box(x0: x0, y0: y0, x1: x1, y1: y1)
    guard let inside = box.intersection(seen) else { return nil }
    return Manifest.Box(
      x0: Double(left) + (inside.x0 - x0) / columnScale,
      y0: Double(top) + (inside.y0 - y0) / rowScale,
      x1: Double(left) + (inside.x1 - x0) / columnScale,
      y1: Double(top) + (inside.y1 - y0) / rowScale)
  }

  /// The part of the square that shows the image; the rest is padding.
  public var content: Manifest.Box {
    Manifest.Box(
      x0: Double(left), y0: Double(top), x1: Double(left + width), y1: Double(top + height))
  }

  /// Whether the middle of a cell shows the image, on a map over the square with this many cells
  /// along one side.
  public func shows(row: Int, column: Int, ofCells cells: Int) -> Bool {
    let cell = Double(side) / Double(cells)
    let x = (Double(column) + 0.5) * cell
    let y = (Double(row) + 0.5) * cell
    return x >= content.x0 && x < content.x1 && y >= content.y0 && y < content.y1
  }
}

extension Manifest.Box {
  /// What two rectangles share, or nothing.
  func intersection(_ other: Manifest.Box) -> Manifest.Box? {
    let left = max(x0, other.x0)
    let top = max(y0, other.y0)
    let right = min(x1, other.x1)
    let bottom = min(y1, other.y1)
    return left < right && top < bottom
      ? Manifest.Box(x0: left, y0: top, x1: right, y1: bottom) : nil
  }

  func contains(x: Double, y: Double) -> Bool { x >= x0 && x < x1 && y >= y0 && y < y1 }
}
