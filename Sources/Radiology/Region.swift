/// A place in one image, in pixels of the stored frame.
///
/// The origin is the upper left corner of the first pixel; x runs right along a row, y down;
/// `x1` and `y1` are exclusive. DICOM counts the centre of the first pixel as 0.5, so these are
/// its coordinates too (PS3.3 C.18.6.1.2).
public struct Region: Codable, Sendable, Hashable {
  /// SOP Instance UID of the image.
  public let instance: Instance.ID
  /// Frame within the image, counted from 0.
  public let frame: Int
  public let x0: Double
  public let y0: Double
  public let x1: Double
  public let y1: Double

  /// - Throws: ``RadiologyError/regionWithoutArea`` unless `x0 < x1` and `y0 < y1`, all finite.
  public init(
    instance: Instance.ID, frame: Int = 0, x0: Double, y0: Double, x1: Double, y1: Double
  ) throws(RadiologyError) {
    guard x0 < x1, y0 < y1, x0.isFinite, y0.isFinite, x1.isFinite, y1.isFinite else {
      throw .regionWithoutArea
    }
    self.instance = instance
    self.frame = frame
    self.x0 = x0
    self.y0 = y0
    self.x1 = x1
    self.y1 = y1
  }

  public var width: Double { x1 - x0 }
  public var height: Double { y1 - y0 }
  /// In square pixels.
  public var area: Double { width * height }

  /// Whether a point in pixels lies inside; the lower and right edges do not count.
  public func contains(x: Double, y: Double) -> Bool { x >= x0 && x < x1 && y >= y0 && y < y1 }

  /// The part inside an image of this many columns and rows, or nothing.
  public func clipped(columns: Int, rows: Int) -> Region? {
    try? Region(
      instance: instance, frame: frame, x0: max(0, x0), y0: max(0, y0),
      x1: min(Double(columns), x1), y1: min(Double(rows), y1))
  }

  /// Moved by an offset in pixels.
  public func moved(x: Double, y: Double) -> Region {
    guard
      let moved = try? Region(
        instance: instance, frame: frame, x0: x0 + x, y0: y0 + y, x1: x1 + x, y1: y1 + y)
    else { return self }
    return moved
  }

  /// Intersection over union with another region; 0 where the images differ.
  public func overlap(with other: Region) -> Double {
    guard instance == other.instance, frame == other.frame else { return 0 }
    let width = min(x1, other.x1) - max(x0, other.x0)
    let height = min(y1, other.y1) - max(y0, other.y0)
    guard width > 0, height > 0 else { return 0 }
    return width * height / (area + other.area - width * height)
  }

  /// Longer side in millimetres, where the image's spacing is known.
  public func longestSide(rowSpacing: Double?, columnSpacing: Double?) -> Double? {
    guard let rowSpacing, let columnSpacing else { return nil }
    return max(width * columnSpacing, height * rowSpacing)
  }
}
