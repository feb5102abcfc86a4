import Radiology
import Terminal

/// A region's outline over the picture, in cells and, where there are pixels, in pixels.
struct RegionBox: Sendable, Hashable {
  let region: Region
  /// `R1 93% ✓`.
  let label: String
  /// The same without what a pixel font lacks.
  let plainLabel: String
  let isCurrent: Bool
  let isRejected: Bool

  init(_ finding: Finding, isCurrent: Bool) {
    region = finding.region
    plainLabel = [sanitized(finding.name), finding.percent].compactMap { $0 }.joined(separator: " ")
    label = finding.state == .open ? plainLabel : "\(plainLabel) \(finding.glyph)"
    self.isCurrent = isCurrent
    isRejected = finding.state == .rejected
  }

  /// Lines a reader can tell apart without colour: thick for the current one, thin for others,
  /// corners only for what was rejected.
  func draw(on canvas: inout Canvas, viewport: Viewport, pane: Viewport.Pane) {
    let rect = viewport.cells(of: region, in: pane)
    guard rect.intersects(pane.rect) else { return }
    let role: Style = isCurrent ? .overlayCurrent : .overlayOther
    let line = role.transparent
    canvas.clipped(to: pane.rect) { canvas in
      if isRejected, !isCurrent {
        drawCorners(rect, on: &canvas, style: line)
      } else {
        canvas.box(rect, style: line, border: isCurrent ? .thick : .single)
      }
      let width = cellWidth(of: label) + 2
      let text = " \(label) "
      let style = isCurrent ? role.reversed : role
      // On the line where it fits, else above it, else below: a small box is not hidden.
      if rect.width >= width + 2 {
        canvas.draw(text, at: Position(rect.x + 1, rect.y), style: style)
      } else {
        let x = min(max(pane.rect.x, rect.x), max(pane.rect.x, pane.rect.endX - width))
        canvas.draw(
          text, at: Position(x, rect.y > pane.rect.y ? rect.y - 1 : rect.endY), style: style)
      }
    }
  }

  private func drawCorners(_ rect: Rect, on canvas: inout Canvas, style: Style) {
    canvas[rect.x, rect.y] = Cell("┌", style: style)
    canvas[rect.endX - 1, rect.y] = Cell("┐", style: style)
    canvas[rect.x, rect.endY - 1] = Cell("└", style: style)
    canvas[rect.endX - 1, rect.endY - 1] = Cell("┘", style: style)
  }
}
