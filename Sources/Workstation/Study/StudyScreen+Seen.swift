import Radiology
import Terminal

extension StudyScreen {
  /// Regions that were never the current one on screen since the study was opened.
  var unseen: Set<Finding.ID> { Set(findings.map(\.id)).subtracting(seen) }

  /// Notes the current region as looked at, if its picture is drawn and the region is in view.
  mutating func noteSeen(_ context: Context) {
    guard showsRegions, image != nil, context.layout(self).image != nil,
      let pane = context.pane(self), let current,
      let region = shownFindings.first(where: { $0.id == current })?.region
    else { return }
    let centre = viewport(in: pane).panePoint(
      x: (region.x0 + region.x1) / 2, y: (region.y0 + region.y1) / 2, in: pane)
    if (0...pane.width).contains(centre.x), (0...pane.height).contains(centre.y) {
      seen.insert(current)
    }
  }
}
