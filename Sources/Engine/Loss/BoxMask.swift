/// What a map of evidence should say about an image on which people drew boxes: evidence inside
/// up, outside down.
///
/// The inside weighs 1 and the outside weighs 1, however small the boxes are. A cell that a box
/// covers in part is in both, by its share.
public struct BoxMask: Sendable, Hashable {
  /// Wanted probability of each cell, 0 to 1.
  public let targets: [Float]
  /// Weight of each cell; they sum up to 2.
  public let weights: [Float]

  /// From the share of each cell that boxes cover, 0 to 1.
  ///
  /// Nil where the boxes cover next to nothing of the map or all of it: then they say nothing about
  /// where the lesion is.
  public init?(coverage: [Float]) {
    let inside = coverage.reduce(0, +)
    let outside = Float(coverage.count) - inside
    guard inside > Self.least, outside > Self.least else { return nil }
    var targets: [Float] = []
    var weights: [Float] = []
    for share in coverage {
      let positive = share / inside
      let negative = (1 - share) / outside
      targets.append(positive / (positive + negative))
      weights.append(positive + negative)
    }
    self.targets = targets
    self.weights = weights
  }

  /// From boxes in pixels of an image, for a map that lies over all of it.
  ///
  /// Boxes are cut at the edges of the image, and what two boxes cover counts once. Nil as for
  /// ``init(coverage:)``.
  /// - Parameters:
  ///   - boxes: what people drew.
  ///   - image: height and width in pixels; channels do not matter.
  ///   - map: height and width in cells; channels do not matter.
  /// - Throws: ``EngineError/notFinite(what:)`` for a coordinate.
  public init?(
    boxes: [Box], image: Network.Shape, map: Network.Shape
  ) throws(EngineError) {
    let coordinates = boxes.flatMap { [$0.left, $0.top, $0.right, $0.bottom] }
    try coordinates.check("boxes", count: coordinates.count)
    let (down, across) = (
      Float(image.height) / Float(map.height), Float(image.width) / Float(map.width)
    )
    let coverage = (0..<map.cells).map { cell in
      let (row, column) = (cell / map.width, cell % map.width)
      let place = Box(
        left: Float(column) * across, top: Float(row) * down, right: Float(column + 1) * across,
        bottom: Float(row + 1) * down)
      return min(Float(boxes.compactMap(place.intersection).unionArea / place.area), 1)
    }
    self.init(coverage: coverage)
  }

  /// Cells that have to be inside and outside; less is an edge, not a place.
  private static let least: Float = 0.05
}
