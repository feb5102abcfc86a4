/// An upright rectangle, from its upper left corner to its lower right one.
///
/// Coordinates are in pixels of the image, 0 its upper and its left edge; a box of 2 x 1 pixels in
/// the corner goes from (0, 0) to (2, 1).
public struct Box: Sendable, Codable, Hashable {
  public let left: Float
  public let top: Float
  public let right: Float
  public let bottom: Float

  public init(left: Float, top: Float, right: Float, bottom: Float) {
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
  }

  /// In square pixels; negative or 0 where the corners are not in order.
  var area: Double { Double(right - left) * Double(bottom - top) }

  /// The part of it that lies in another box; nil where they share no area.
  func intersection(_ other: Box) -> Box? {
    let shared = Box(
      left: max(left, other.left), top: max(top, other.top), right: min(right, other.right),
      bottom: min(bottom, other.bottom))
    return shared.left < shared.right && shared.top < shared.bottom ? shared : nil
  }
}

extension [Box] {
  /// What they cover together, in square pixels; what is covered twice counts once.
  var unionArea: Double {
    let columns = Set(flatMap { [$0.left, $0.right] }).sorted()
    return zip(columns, columns.dropFirst()).reduce(0) { sum, strip in
      let crossing = filter { $0.left <= strip.0 && $0.right >= strip.1 }
        .sorted { $0.top < $1.top }
      var height = 0.0
      var end = -Float.infinity
      for box in crossing where box.bottom > end {
        height += Double(box.bottom) - Double(Swift.max(box.top, end))
        end = box.bottom
      }
      return sum + height * (Double(strip.1) - Double(strip.0))
    }
  }
}
