import Imaging
import Radiology
import Terminal

/// Boxes and their labels painted into the picture itself, for terminals that show pixels.
struct PixelOverlay: Sendable, Hashable {
  let boxes: [RegionBox]
  let rulers: [Ruler]
  let bar: ScaleBar
  let heat: HeatMap?
  /// Where a region is being drawn.
  let placement: StudyScreen.Placement?
  let viewport: Viewport
  let pane: Viewport.Pane

  func paint(on raster: GreyRaster) -> GreyRaster {
    var canvas = GreyPainting(width: raster.width, height: raster.height, pixels: raster.pixels)
    if let heat { paint(heat, on: &canvas) }
    for box in boxes where !box.isCurrent { paint(box, on: &canvas) }
    for box in boxes where box.isCurrent { paint(box, on: &canvas) }
    for ruler in rulers { paint(ruler, on: &canvas) }
    let foot = raster.height - 12
    canvas.frame(x0: 8, y0: foot, x1: 8 + Int(bar.screenPixels), y1: foot + 1, thickness: 1)
    canvas.write(bar.label, x: 12, y: foot - GreyPainting.lineHeight() - 6)
    if let placement {
      let cross = viewport.panePoint(x: placement.x, y: placement.y, in: pane)
      let (x, y) = (Self.pixel(cross.x), Self.pixel(cross.y))
      canvas.frame(x0: x - 12, y0: y, x1: x + 13, y1: y + 1, thickness: 1)
      canvas.frame(x0: x, y0: y - 12, x1: x + 1, y1: y + 13, thickness: 1)
      if let corner = placement.corner, rulers.last?.isBeingLaid != true {
        let other = viewport.panePoint(x: corner.x, y: corner.y, in: pane)
        canvas.frame(
          x0: min(x, Self.pixel(other.x)), y0: min(y, Self.pixel(other.y)),
          x1: max(x, Self.pixel(other.x)) + 1, y1: max(y, Self.pixel(other.y)) + 1, thickness: 2)
      }
    }
    return GreyRaster(width: raster.width, height: raster.height, pixels: canvas.pixels)
  }

  private func paint(_ box: RegionBox, on canvas: inout GreyPainting) {
    let first = viewport.panePoint(x: box.region.x0, y: box.region.y0, in: pane)
    let last = viewport.panePoint(x: box.region.x1, y: box.region.y1, in: pane)
    let (x0, y0) = (Self.pixel(first.x), Self.pixel(first.y))
    let (x1, y1) = (max(x0 + 4, Self.pixel(last.x)), max(y0 + 4, Self.pixel(last.y)))
    canvas.frame(x0: x0, y0: y0, x1: x1, y1: y1, thickness: box.isCurrent ? 3 : 1)
    let above = y0 - GreyPainting.lineHeight() - 4
    canvas.write(box.plainLabel, x: max(2, x0), y: above >= 0 ? above : y1 + 3)
  }

  /// Marks on a grid, the larger the more suspicious: the picture is seen between them.
  private func paint(_ heat: HeatMap, on canvas: inout GreyPainting) {
    let scale = viewport.scale(in: pane)
    for y in stride(from: 6, to: canvas.height, by: 12) {
      for x in stride(from: 6, to: canvas.width, by: 12) {
        let place = (
          x: viewport.x + (Double(x) - pane.width / 2) / scale,
          y: viewport.y + (Double(y) - pane.height / 2) / scale
        )
        guard let level = heat.level(x: place.x, y: place.y) else { continue }
        let size = 1 + level.rawValue
        canvas.fill(x0: x - size, y0: y - size, x1: x + size, y1: y + size, grey: 0)
        canvas.fill(
          x0: x - size + 1, y0: y - size + 1, x1: x + size - 1, y1: y + size - 1, grey: 255)
      }
    }
  }

  private func paint(_ ruler: Ruler, on canvas: inout GreyPainting) {
    let first = viewport.panePoint(x: ruler.x0, y: ruler.y0, in: pane)
    let last = viewport.panePoint(x: ruler.x1, y: ruler.y1, in: pane)
    let steps = min(20_000, max(abs(last.x - first.x), abs(last.y - first.y))) / 4
    for step in 0...Int(max(1, steps)) {
      let share = Double(step) / max(1, steps)
      let x = Self.pixel(first.x + (last.x - first.x) * min(share, 1))
      let y = Self.pixel(first.y + (last.y - first.y) * min(share, 1))
      canvas.fill(x0: x - 1, y0: y - 1, x1: x + 2, y1: y + 2, grey: 0)
      canvas.fill(x0: x, y0: y, x1: x + 1, y1: y + 1, grey: 255)
    }
    canvas.write(ruler.label, x: Self.pixel(last.x) + 8, y: Self.pixel(last.y) + 8)
  }

  /// Far outside is all the same, and never more than an Int can hold.
  private static func pixel(_ value: Double) -> Int {
    Int(min(max(value, -100_000), 100_000).rounded())
  }
}
