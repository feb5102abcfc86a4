import Imaging
import Radiology
import Terminal

/// A distance drawn over the picture: a dotted line between two crosses, and how long it is.
struct Ruler: Sendable, Hashable {
  let x0: Double
  let y0: Double
  let x1: Double
  let y1: Double
  /// `M1 25.3 mm`.
  let label: String
  let isBeingLaid: Bool

  init(_ measurement: Measurement, isBeingLaid: Bool = false) {
    (x0, y0) = (measurement.x0, measurement.y0)
    (x1, y1) = (measurement.x1, measurement.y1)
    label = "\(sanitized(measurement.name)) \(measurement.lengthWords)"
    self.isBeingLaid = isBeingLaid
  }

  func draw(on canvas: inout Canvas, viewport: Viewport, pane: Viewport.Pane) {
    let first = viewport.cell(x: x0, y: y0, in: pane)
    let last = viewport.cell(x: x1, y: y1, in: pane)
    let style = Style.overlayCurrent.transparent
    let steps = max(1, abs(last.x - first.x), abs(last.y - first.y))
    canvas.clipped(to: pane.rect) { canvas in
      for step in 0...steps {
        let share = Double(step) / Double(steps)
        let x = Double(first.x) + Double(last.x - first.x) * share
        let y = Double(first.y) + Double(last.y - first.y) * share
        canvas[Int(x.rounded()), Int(y.rounded())] = Cell("·", style: style)
      }
      for end in [first, last] { canvas[end.x, end.y] = Cell("+", style: style.bold) }
      let text = " \(label) "
      let x = min(last.x + 1, pane.rect.endX - cellWidth(of: text))
      let y = last.y + 1 < pane.rect.endY ? last.y + 1 : last.y - 1
      canvas.draw(text, at: Position(max(pane.rect.x, x), y), style: .overlayCurrent)
    }
  }
}

/// A line of a round length along the lower edge of the picture: how large what is seen is.
struct ScaleBar: Sendable, Hashable {
  /// On screen.
  let screenPixels: Double
  /// `5 cm`, `20 mm`, or `100 px` where nobody says how large a pixel is.
  let label: String
  /// The length is the detector's, so what lies before it is smaller.
  let isOfImager: Bool

  /// At most a quarter of the pane long.
  init(of spacing: GreyImage.Spacing?, viewport: Viewport, pane: Viewport.Pane) {
    let unit = spacing?.column ?? 1
    let room = max(1, pane.width / 4 / viewport.scale(in: pane) * unit)
    let lengths: [Double] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000]
    let length = lengths.last { $0 <= room } ?? 1
    screenPixels = length / unit * viewport.scale(in: pane)
    isOfImager = spacing?.isOfImager ?? false
    label =
      spacing == nil
      ? "\(Int(length)) px" : length < 10 ? "\(Int(length)) mm" : "\(Int(length / 10)) cm"
  }

  func draw(on canvas: inout Canvas, pane: Viewport.Pane) {
    guard pane.rect.height >= 3, pane.rect.width >= 16, screenPixels.isFinite else { return }
    let cells = Int(min(screenPixels / Double(pane.cell.width), Double(pane.rect.width - 1)))
    let y = pane.rect.endY - 1
    let style = Style.overlayOther
    canvas.clipped(to: pane.rect) { canvas in
      let line = cells < 3 ? "┤" : "├\(String(repeating: "─", count: cells - 2))┤"
      canvas.draw(line, at: Position(pane.rect.x, y), style: style)
      canvas.draw(
        " \(label)\(isOfImager ? " at detector" : "") ",
        at: Position(pane.rect.x + cellWidth(of: line), y), style: style)
    }
  }
}

extension Viewport {
  /// The cell a point of the image is in; far outside is all the same.
  func cell(x: Double, y: Double, in pane: Pane) -> Position {
    let point = panePoint(x: x, y: y, in: pane)
    func cell(_ value: Double, _ size: Int) -> Int {
      Int(min(max(value / Double(size), -1000), 2000).rounded(.down))
    }
    return Position(
      pane.rect.x + cell(point.x, pane.cell.width), pane.rect.y + cell(point.y, pane.cell.height))
  }
}
