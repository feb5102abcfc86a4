/// How suspicious the model holds each place of one image: what its regions were cut from.
///
/// It is looked at and never kept: the same image and model give the same map again.
public struct HeatMap: Sendable, Hashable {
  public let instance: Instance.ID
  /// Cells along one side of the square the network sees.
  public let cells: Int
  /// Row by row, `cells × cells`; 0 to 1, or no number where a cell shows none of the image.
  public let probabilities: [Float]
  /// Image pixels at the square's upper left corner; below 0 where the square is larger.
  public let x: Double
  public let y: Double
  /// Image pixels in one cell.
  public let cellWidth: Double
  public let cellHeight: Double

  public init(
    instance: Instance.ID, cells: Int, probabilities: [Float], x: Double, y: Double,
    cellWidth: Double, cellHeight: Double
  ) {
    precondition(probabilities.count == cells * cells, "the map is square")
    precondition(cellWidth > 0 && cellHeight > 0, "cells have an area")
    self.instance = instance
    self.cells = cells
    self.probabilities = probabilities
    self.x = x
    self.y = y
    self.cellWidth = cellWidth
    self.cellHeight = cellHeight
  }

  /// How likely a place of the image, in its pixels, is abnormal; none where the model saw nothing.
  public func probability(x: Double, y: Double) -> Float? {
    let column = ((x - self.x) / cellWidth).rounded(.down)
    let row = ((y - self.y) / cellHeight).rounded(.down)
    guard (0..<Double(cells)).contains(column), (0..<Double(cells)).contains(row) else {
      return nil
    }
    let value = probabilities[Int(row) * cells + Int(column)]
    return value.isNaN ? nil : value
  }
}
