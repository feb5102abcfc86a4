public import Radiology

/// Whether a model looks where the lesion is: its most suspicious point against the boxes that
/// people drew.
///
/// Source: Zhang et al., *Top-down Neural Attention by Excitation Backprop*, ECCV 2016, 4.2.
public struct PointingTrial: Sendable, Hashable {
  /// The point lies in one of the boxes.
  public let isHit: Bool
  /// The share of the image that the boxes cover: what a blindly chosen point would reach.
  public let chance: Double

  /// Plays one image: the most suspicious place against what people marked, at least one box,
  /// both in pixels of the image.
  public init(
    point: (x: Double, y: Double), boxes: [Manifest.Box], columns: Int, rows: Int
  ) {
    precondition(!boxes.isEmpty, "only an image with boxes can be pointed at")
    precondition(columns > 0 && rows > 0, "an image has pixels")
    isHit = boxes.contains {
      point.x >= $0.x0 && point.x < $0.x1 && point.y >= $0.y0 && point.y < $0.y1
    }
    chance =
      Self.coveredArea(boxes, columns: Double(columns), rows: Double(rows))
      / Double(columns * rows)
  }

  /// Area of the union of the boxes inside the image, exactly: strips between all their edges.
  private static func coveredArea(
    _ boxes: [Manifest.Box], columns: Double, rows: Double
  ) -> Double {
    let inside = boxes.map {
      Manifest.Box(
        x0: max(0, $0.x0), y0: max(0, $0.y0), x1: min(columns, $0.x1), y1: min(rows, $0.y1))
    }.filter { $0.x0 < $0.x1 && $0.y0 < $0.y1 }
    let edges = inside.flatMap { [$0.x0, $0.x1] }.sorted()
    var area = 0.0
    for (left, right) in zip(edges, edges.dropFirst()) where left < right {
      var end = -Double.infinity
      for box in inside.filter({ $0.x0 <= left && $0.x1 >= right }).sorted(by: { $0.y0 < $1.y0 }) {
        area += (right - left) * max(0, box.y1 - max(end, box.y0))
        end = max(end, box.y1)
      }
    }
    return area
  }
}
