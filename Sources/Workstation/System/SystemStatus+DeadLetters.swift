public import Radiology
import Terminal

extension SystemStatus {
  /// A document that was given up, and what people call its study.
  public struct DeadLetter: Sendable, Hashable {
    public let item: OutboxItem
    public let accession: String

    public init(_ item: OutboxItem, accession: String) {
      self.item = item
      self.accession = accession
    }

    var label: String { accession.isEmpty ? item.study : accession }
  }

  /// All that were given up; ``deadLetters`` are some of them.
  private var deadCount: Int { max(deadLetters.count, destinations.reduce(0) { $0 + $1.dead }) }

  func deadLetterLines(_ setting: Setting) -> [[Span]] {
    guard !deadLetters.isEmpty else { return [] }
    let hint = deadCount > deadLetters.count ? "  the oldest \(deadLetters.count)" : ""
    let heading = [
      Span("Documents given up  \(deadCount)", style: .title),
      Span("\(hint)  not delivered", style: .muted),
    ]
    return [heading] + deadLetters.flatMap { lines(of: $0, setting) }
  }

  func lines(of letter: DeadLetter, _ setting: Setting) -> [[Span]] {
    let item = letter.item
    let isSelected = setting.selected == .document(item.number)
    let first = [
      Span(isSelected ? "▸ " : "  ", style: .accent), Span("✖ ", style: .critical),
      Span(padded(sanitized(letter.label), toCells: 14), style: isSelected ? .selection : .text),
      Span(padded("\(item.title) to \(sanitized(item.destination))", toCells: 30)),
      Span("\(setting.ago(item.changed)) ago, number \(item.number)", style: .muted),
    ]
    let reason = item.reason.map {
      setting.paragraph(sanitized($0), indent: 6, style: .critical)
    }
    let doubt =
      item.isUncertain
      ? setting.paragraph(
        "▲ An attempt ended without an answer: it may be there already.", indent: 6,
        style: .warning) : []
    let remedy = isSelected ? item.code?.remedy : nil
    return [first] + (reason ?? []) + doubt
      + (remedy.map { setting.paragraph("→ \($0)", indent: 6, style: .accent) } ?? [])
  }
}
