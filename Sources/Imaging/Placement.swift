/// Where an image lies in the square that a network sees, and the way back.
///
/// Coordinates are continuous, in pixels: 0 is the left or top edge of the first pixel, 0.5 its
/// centre, as DICOM's SCOORD has them.
public struct Placement: Sendable, Hashable {
  /// Pixels of the square along one side.
  public let side: Int
  /// Square pixels per image pixel.
  public let scale: Double
  /// Left edge of the image in the square.
  public let x: Double
  /// Top edge of the image in the square.
  public let y: Double

  /// The largest centred placement of a whole image.
  public init(columns: Int, rows: Int, side: Int) {
    precondition(columns > 0 && rows > 0 && side > 0, "images and squares have pixels")
    self.side = side
    scale = Double(side) / Double(max(columns, rows))
    x = (Double(side) - Double(columns) * scale) / 2
    y = (Double(side) - Double(rows) * scale) / 2
  }

  /// The place in the image of a place in the square.
  public func image(x: Double, y: Double) -> (x: Double, y: Double) {
    ((x - self.x) / scale, (y - self.y) / scale)
  }

  /// The place in the square of a place in the image.
  public func square(x: Double, y: Double) -> (x: Double, y: Double) {
    (x * scale + self.x, y * scale + self.y)
  }
}

extension GreyImage {
  /// The whole image in a square of `side` pixels, `[side, side]`, its shape kept.
  ///
  /// Averaged where it shrinks and interpolated where it grows; `padding` fills the rest.
  public func fitted(to side: Int, padding: Float) -> (values: [Float], placement: Placement) {
    let placement = Placement(columns: columns, rows: rows, side: side)
    let step = 1 / placement.scale
    let across = Axis(count: side, origin: -placement.x * step, step: step, limit: Double(columns))
    let down = Axis(count: side, origin: -placement.y * step, step: step, limit: Double(rows))
    return (resampled(across, down, outside: padding), placement)
  }
}
