import Foundation
import Radiology
import Terminal

// Studies that could not be read: which, why, and what was asked about them.
extension SystemStatus {
  /// Most of them a screen or a list names.
  public static let mostFailedStudies = 20

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

  /// Which of ``lines(_:)`` are about each of the failed studies, in their order.
  func failedRanges(_ setting: Setting) -> [Range<Int>] {
    guard asOf != nil, failedCount > 0 else { return [] }
    var next = linesAboveFailed(setting).count + 1
    return failedStudies.map { failed in
      defer { next += lines(of: failed, setting).count }
      return next..<next + lines(of: failed, setting).count
    }
  }

  /// Which of ``lines(_:)`` are about the selected study; the first of all where none is.
  func selectedLines(_ setting: Setting) -> Range<Int> {
    let index = failedStudies.firstIndex { $0.id == setting.selected }
    return index.map { failedRanges(setting)[$0] } ?? 0..<1
  }

  private func lines(of failed: FailedStudy, _ setting: Setting) -> [[Span]] {
    let isSelected = failed.id == setting.selected
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

  /// The failed study that follows one, or comes before it; the first or last one without any.
  func failedStudy(_ steps: Int, from selected: Study.ID?) -> Study.ID? {
    guard let index = failedStudies.firstIndex(where: { $0.id == selected }) else {
      return (steps > 0 ? failedStudies.first : failedStudies.last)?.id
    }
    let count = failedStudies.count
    return failedStudies[((index + steps) % count + count) % count].id
  }
}
