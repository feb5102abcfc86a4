import Radiology
import Terminal

/// Which part of an image is seen, and how large.
struct Viewport: Sendable, Hashable {
  /// Middle of the pane, in pixels of the image.
  var x: Double
  var y: Double
  /// Screen pixels per image pixel; none fits the whole image into the pane.
  var zoom: Double?

  /// The room for the picture and the size of what goes into it.
  struct Pane: Sendable, Hashable {
    /// In cells, without the frame.
    let rect: Rect
    /// Of one cell.
    let cell: Capabilities.CellPixels
    /// Of the image, in pixels.
    let columns: Int
    let rows: Int

    /// In screen pixels.
    var width: Double { Double(rect.width * cell.width) }
    var height: Double { Double(rect.height * cell.height) }
    /// The largest scale: what lies beyond shows less than the image knows.
    var closest: Double { max(fit, min(64, fit * 64)) }
    /// The scale at which the image just fits.
    var fit: Double {
      guard columns > 0, rows > 0, !rect.isEmpty else { return 1 }
      return min(width / Double(columns), height / Double(rows))
    }
  }

  /// The whole image.
  init(of pane: Pane) {
    x = Double(pane.columns) / 2
    y = Double(pane.rows) / 2
  }

  init(x: Double, y: Double, zoom: Double?) {
    self.x = x
    self.y = y
    self.zoom = zoom
  }

  /// Screen pixels per image pixel.
  func scale(in pane: Pane) -> Double { min(zoom ?? pane.fit, pane.closest) }

  /// Larger or smaller by a factor, about a point in image pixels; never smaller than the pane.
  mutating func zoom(by factor: Double, about point: (x: Double, y: Double)?, in pane: Pane) {
    let old = scale(in: pane)
    let new = min(max(old * factor, pane.fit), pane.closest)
    let point = point ?? (x, y)
    x = point.x + (x - point.x) * old / new
    y = point.y + (y - point.y) * old / new
    zoom = new <= pane.fit * 1.001 ? nil : new
    clamp(in: pane)
  }

  /// Moves the view over the image by screen pixels.
  mutating func pan(x dx: Double, y dy: Double, in pane: Pane) {
    let scale = scale(in: pane)
    x += dx / scale
    y += dy / scale
    clamp(in: pane)
  }

  /// Brings a region into view: in the middle, and large enough to judge without losing what is
  /// around it.
  mutating func show(_ region: Region, in pane: Pane) {
    let share = max(region.width / max(1, pane.width), region.height / max(1, pane.height))
    let wanted = share > 0 ? 0.4 / share : pane.fit
    let new = min(max(wanted, pane.fit), pane.fit * 2.5)
    zoom = new <= pane.fit * 1.001 ? nil : new
    x = (region.x0 + region.x1) / 2
    y = (region.y0 + region.y1) / 2
    clamp(in: pane)
  }

  /// As close to a region as the pane allows, with a margin around it.
  mutating func fill(with region: Region, in pane: Pane) {
    let share = max(region.width / max(1, pane.width), region.height / max(1, pane.height))
    let new = min(max(share > 0 ? 0.8 / share : pane.fit, pane.fit), pane.closest)
    zoom = new <= pane.fit * 1.001 ? nil : new
    x = (region.x0 + region.x1) / 2
    y = (region.y0 + region.y1) / 2
    clamp(in: pane)
  }

  /// Keeps the image in the pane: no empty edge where there is picture to show.
  mutating func clamp(in pane: Pane) {
    let scale = scale(in: pane)
    x = Self.clamp(x, size: Double(pane.columns), seen: pane.width / scale)
    y = Self.clamp(y, size: Double(pane.rows), seen: pane.height / scale)
  }

  private static func clamp(_ value: Double, size: Double, seen: Double) -> Double {
    guard value.isFinite, seen < size else { return size / 2 }
    return min(max(value, seen / 2), size - seen / 2)
  }

  /// The image pixel under the middle of a cell of the screen.
  func imagePoint(of position: Position, in pane: Pane) -> (x: Double, y: Double) {
    let scale = scale(in: pane)
    let dx = (Double(position.x - pane.rect.x) + 0.5) * Double(pane.cell.width) - pane.width / 2
    let dy = (Double(position.y - pane.rect.y) + 0.5) * Double(pane.cell.height) - pane.height / 2
    return (x + dx / scale, y + dy / scale)
  }

  /// Screen pixels from the pane's upper left corner to a point of the image.
  func panePoint(x pointX: Double, y pointY: Double, in pane: Pane) -> (x: Double, y: Double) {
    let scale = scale(in: pane)
    return ((pointX - x) * scale + pane.width / 2, (pointY - y) * scale + pane.height / 2)
  }

  /// The cells a region covers, at least two by two; may lie outside the pane.
  func cells(of region: Region, in pane: Pane) -> Rect {
    let first = panePoint(x: region.x0, y: region.y0, in: pane)
    let last = panePoint(x: region.x1, y: region.y1, in: pane)
    func cell(_ value: Double, _ size: Int) -> Int {
      // Far outside is all the same, and never more than an Int can hold.
      Int(min(max(value / Double(size), -10_000), 10_000).rounded(.down))
    }
    let left = cell(first.x, pane.cell.width)
    let top = cell(first.y, pane.cell.height)
    return Rect(
      x: pane.rect.x + left, y: pane.rect.y + top,
      width: max(2, cell(last.x, pane.cell.width) - left + 1),
      height: max(2, cell(last.y, pane.cell.height) - top + 1))
  }
}
