import Foundation
import Radiology
import Terminal

// Studies that could not be read: which, why, and what was asked about them.
extension SystemStatus {
  func failedLines(_ setting: Setting) -> [[Span]] {
    guard failedCount > 0 else { return [] }
    let hint = failedCount > failedStudies.count ? "  the newest \(failedStudies.count)" : ""
    var text = [
      [
        Span("Failed studies  \(failedCount)", style: .title),
        Span("\(hint)  no model has judged them", style: .muted),
      ]
    ]
    for failed in failedStudies { text += lines(of: failed, setting) }
    return text
  }

  func lines(of failed: FailedStudy, _ setting: Setting) -> [[Span]] {
    let isSelected = setting.selected == .study(failed.id)
    let style: Style = isSelected ? .selection : .text
    let first = [
      Span(isSelected ? "▸ " : "  ", style: .accent),
      Span(failed.isAskedAgain ? "· " : "✖ ", style: failed.isAskedAgain ? .info : .critical),
      Span(padded(sanitized(failed.label), toCells: 14), style: style),
      Span(padded(sanitized(failed.exam), toCells: 18)),
      Span("\(setting.ago(failed.failed)) ago", style: .muted),
    ]
    let asked =
      failed.isAskedAgain
      ? setting.paragraph("· asked to be read again", indent: 6, style: .info) : []
    return [first] + setting.paragraph(sanitized(failed.reason), indent: 6, style: .critical)
      + asked
  }
}
