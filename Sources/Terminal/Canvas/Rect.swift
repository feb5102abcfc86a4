/// A rectangle of cells; `x` and `y` are its top left cell.
///
/// A size is never negative: asking for less than nothing gives an empty rectangle.
public struct Rect: Sendable, Hashable {
  public var x: Int
  public var y: Int
  public private(set) var width: Int
  public private(set) var height: Int

  public init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = max(0, width)
    self.height = max(0, height)
  }

  public static let empty = Rect(x: 0, y: 0, width: 0, height: 0)

  /// The first column right of the rectangle.
  public var endX: Int { x + width }
  /// The first row below the rectangle.
  public var endY: Int { y + height }
  public var isEmpty: Bool { width == 0 || height == 0 }
  public var origin: Position { Position(x, y) }

  public func contains(_ position: Position) -> Bool {
    position.x >= x && position.x < endX && position.y >= y && position.y < endY
  }

  public func contains(x: Int, y: Int) -> Bool { contains(Position(x, y)) }

  public func intersects(_ other: Rect) -> Bool { !intersection(other).isEmpty }

  /// The cells both rectangles have; empty if there are none.
  public func intersection(_ other: Rect) -> Rect {
    let left = max(x, other.x)
    let top = max(y, other.y)
    return Rect(
      x: left, y: top, width: min(endX, other.endX) - left, height: min(endY, other.endY) - top)
  }

  /// This rectangle without `by` cells on every side.
  public func inset(by amount: Int) -> Rect { inset(dx: amount, dy: amount) }

  /// This rectangle without `dx` columns left and right and `dy` rows above and below.
  public func inset(dx: Int, dy: Int) -> Rect {
    Rect(x: x + dx, y: y + dy, width: width - 2 * dx, height: height - 2 * dy)
  }

  /// A rectangle of the given size in the middle of this one, cut to fit.
  public func centred(width: Int, height: Int) -> Rect {
    let width = min(width, self.width)
    let height = min(height, self.height)
    return Rect(
      x: x + (self.width - width) / 2, y: y + (self.height - height) / 2, width: width,
      height: height)
  }
}
