import Foundation
import Radiology

/// A turn, scale, shift and mirroring of the square about its middle, from target to source.
struct Warp {
  private let side: Int
  /// `source = matrix · target + offset`, both counted from the middle of the square.
  private let matrix: (xx: Float, xy: Float, yx: Float, yy: Float)
  private let offset: (x: Float, y: Float)

  init(_ augmentation: Augmentation, side: Int, random: inout SeededRandom) {
    self.side = side
    let angle = random.uniform(-1, 1) * augmentation.rotation * .pi / 180
    let scale = exp(
      random.uniform(log(augmentation.smallestScale), log(augmentation.largestScale)))
    let aspect = exp(random.uniform(-augmentation.aspect, augmentation.aspect))
    let mirror: Float = random.chance(augmentation.mirror) ? -1 : 1
    let across = 1 / (scale * aspect)
    let down = aspect / scale
    matrix = (
      xx: cos(angle) * across * mirror, xy: -sin(angle) * down,
      yx: sin(angle) * across * mirror, yy: cos(angle) * down
    )
    let reach = augmentation.shift * Float(side)
    offset = (random.uniform(-reach, reach), random.uniform(-reach, reach))
  }

  /// Where the middle of a target pixel lies on the source, in pixels from its upper left corner.
  @inline(__always)
  private func source(column: Int, row: Int) -> (x: Float, y: Float) {
    let middle = Float(side) / 2
    let x = Float(column) + 0.5 - middle
    let y = Float(row) + 0.5 - middle
    return (
      matrix.xx * x + matrix.xy * y + offset.x + middle,
      matrix.yx * x + matrix.yy * y + offset.y + middle
    )
  }

  /// The warped greys, and for each pixel whether it shows the image.
  ///
  /// A pixel counts only if all four neighbours it is mixed from do.
  func pixels(of image: Prepared) -> (pixels: [Float], shows: [Bool]) {
    let content = image.placement
    let left = Float(content.left) + 0.49
    let right = Float(content.left + content.width) - 0.49
    let top = Float(content.top) + 0.49
    let bottom = Float(content.top + content.height) - 0.49
    var pixels = [Float](repeating: 0, count: side * side)
    var shows = [Bool](repeating: false, count: side * side)
    for row in 0..<side {
      for column in 0..<side {
        let (x, y) = source(column: column, row: row)
        guard x >= left, x <= right, y >= top, y <= bottom else { continue }
        let index = row * side + column
        shows[index] = true
        // From pixel middles: the neighbours are the pixels whose middles enclose the place.
        let firstColumn = min(max(Int(x - 0.5), 0), side - 2)
        let firstRow = min(max(Int(y - 0.5), 0), side - 2)
        let across = x - 0.5 - Float(firstColumn)
        let down = y - 0.5 - Float(firstRow)
        let corner = firstRow * side + firstColumn
        let upper =
          image.pixels[corner] + (image.pixels[corner + 1] - image.pixels[corner]) * across
        let lower =
          image.pixels[corner + side]
          + (image.pixels[corner + side + 1] - image.pixels[corner + side]) * across
        pixels[index] = upper + (lower - upper) * down
      }
    }
    return (pixels, shows)
  }

  /// The share of each cell's pixels that come from inside a box.
  func coverage(of boxes: [Manifest.Box], cells: Int) -> [Float] {
    var coverage = [Float](repeating: 0, count: cells * cells)
    let share = Float(cells * cells) / Float(side * side)
    for row in 0..<side {
      for column in 0..<side {
        let (x, y) = source(column: column, row: row)
        if boxes.contains(where: { $0.contains(x: Double(x), y: Double(y)) }) {
          coverage[row * cells / side * cells + column * cells / side] += share
        }
      }
    }
    return coverage
  }
}
