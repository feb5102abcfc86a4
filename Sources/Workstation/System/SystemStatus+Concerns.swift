import Radiology
import Terminal

extension SystemStatus {
  /// Something on the system screen that waits for a person, and that can be tried again.
  enum Concern: Sendable, Hashable {
    /// A study that could not be read.
    case study(Study.ID)
    /// A document that was given up, by its number in the outbox.
    case document(Int)
  }

  /// Most of each kind a screen or a list names.
  public static let mostConcerns = 20

  /// In the order they stand.
  var concerns: [Concern] {
    failedStudies.map { .study($0.id) } + deadLetters.map { .document($0.item.number) }
  }

  func concernLines(_ setting: Setting) -> [[[Span]]] {
    [failedLines(setting), deadLetterLines(setting)].filter { !$0.isEmpty }
  }

  /// Which of ``lines(_:)`` are about each of the concerns, in their order.
  func concernRanges(_ setting: Setting) -> [Range<Int>] {
    guard asOf != nil else { return [] }
    var next = linesAboveConcerns(setting).count
    var ranges: [Range<Int>] = []
    func add(_ paragraphs: [[[Span]]]) {
      // A heading before them, a blank line after them.
      next += 1
      for lines in paragraphs {
        ranges.append(next..<next + lines.count)
        next += lines.count
      }
      next += 1
    }
    if failedCount > 0 { add(failedStudies.map { lines(of: $0, setting) }) }
    if !deadLetters.isEmpty { add(deadLetters.map { lines(of: $0, setting) }) }
    return ranges
  }

  /// Which of ``lines(_:)`` are about the selected concern; the first of all where none is.
  func selectedLines(_ setting: Setting) -> Range<Int> {
    let index = concerns.firstIndex { $0 == setting.selected }
    return index.map { concernRanges(setting)[$0] } ?? 0..<1
  }

  /// The concern that follows one, or comes before it; the first or last one without any.
  func concern(_ steps: Int, from selected: Concern?) -> Concern? {
    guard let index = concerns.firstIndex(where: { $0 == selected }) else {
      return steps > 0 ? concerns.first : concerns.last
    }
    let count = concerns.count
    return concerns[((index + steps) % count + count) % count]
  }
}
