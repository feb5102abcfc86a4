import Foundation
import Radiology
import Terminal

/// One column of the worklist, with what it is worth when there is little room.
enum WorklistColumn: CaseIterable {
  // In the order they stand.
  case mark, priority, verdict, shortVerdict, probability, predictiveValue, regions, accession,
    patient, ageAndSex
  case exam, waiting, state, images, prior, reader, source

  var title: String {
    switch self {
    case .mark: ""
    case .priority: "Priority"
    case .verdict, .shortVerdict: "Class"
    case .probability: "p"
    case .predictiveValue: "PPV"
    case .regions: "n"
    case .accession: "Accession"
    case .patient: "Patient"
    case .ageAndSex: "A/S"
    case .exam: "Exam"
    case .waiting: "Waiting"
    case .state: "State"
    case .images: "Images"
    case .prior: "Pri"
    case .reader: "Reader"
    case .source: "Source"
    }
  }

  /// The order of the list that is about it.
  var sort: WorklistSort? {
    switch self {
    case .verdict, .shortVerdict, .regions: .triage
    case .priority: .priority
    case .probability, .predictiveValue: .probability
    case .patient: .patient
    case .waiting: .waiting
    case .mark, .accession, .ageAndSex, .exam, .state, .images, .prior, .reader, .source: nil
    }
  }

  /// Columns it needs at least.
  var width: Int {
    switch self {
    case .mark: 1
    case .priority: 8
    case .verdict: 14
    case .shortVerdict: 7
    case .probability, .predictiveValue: 4
    case .regions: 2
    case .accession: 12
    case .patient: 14
    case .ageAndSex: 4
    case .exam: 12
    case .waiting: 7
    case .state: 8
    case .images: 6
    case .prior: 3
    case .reader: 10
    case .source: 10
    }
  }

  /// The columns that fit, in the order they stand.
  ///
  /// What decides comes first: class, patient, probability, waiting, then the rest. What the site's
  /// reads say of a probability takes room only once there are enough of them.
  static func fitting(_ width: Int, hasPredictiveValues: Bool = false) -> [WorklistColumn] {
    let isWide = width >= 96
    let wanted: [WorklistColumn] =
      [
        .mark, isWide ? .verdict : .shortVerdict, .patient, .probability, .waiting, .ageAndSex,
        .regions, .priority,
        .exam, .state, .accession,
      ] + (hasPredictiveValues ? [.predictiveValue] : []) + [.images, .reader, .prior, .source]
    var chosen: Set<WorklistColumn> = []
    var left = width
    for column in wanted where left >= column.width + 1 {
      chosen.insert(column)
      left -= column.width + 1
    }
    return allCases.filter(chosen.contains)
  }

  /// How it is laid out: what is left over goes to patient and exam.
  var column: Column {
    switch self {
    case .patient: Column(title, width: .share(3))
    case .exam: Column(title, width: .share(2))
    case .probability, .predictiveValue, .regions, .waiting, .images, .prior:
      Column(title, width: .cells(width), alignment: .right)
    default: Column(title, width: .cells(width))
    }
  }

  func span(
    _ row: WorklistRow, isMarked: Bool, hidesNames: Bool, scores: ScoreTally, now: Date
  ) -> Span {
    let plain: Style = row.state.isSigned ? .muted : .text
    let verdict = Verdict(row)
    switch self {
    case .mark: return Span(isMarked ? "+" : " ", style: .accent)
    case .priority:
      return Span(
        row.study.priority.word, style: row.state.isSigned ? .muted : row.study.priority.style)
    case .verdict: return Span("\(verdict.glyph) \(verdict.word)", style: verdict.style)
    case .shortVerdict: return Span("\(verdict.glyph) \(verdict.short)", style: verdict.style)
    case .probability:
      return Span(row.probability.map(ShareText.decimals) ?? "–", style: plain)
    case .predictiveValue:
      let value = scores.predictiveValue(of: row)
      return Span(value.map { ShareText.percent($0.share) } ?? "–", style: plain)
    case .regions: return Span(row.regions.isEmpty ? "–" : "\(row.regions.count)", style: plain)
    case .accession: return Span(sanitized(row.study.accession), style: plain)
    case .patient: return Span(row.name(isHidden: hidesNames), style: plain)
    case .ageAndSex: return Span(row.ageAndSex, style: plain)
    case .exam: return Span(row.exam, style: plain)
    case .waiting: return Self.waited(row, now: now, style: plain)
    case .state: return Span(row.stateWord(now: now), style: plain)
    case .images:
      return Span(
        row.imageCount, style: row.missing > 0 || row.late > 0 ? .warning : plain)
    case .prior: return Span(row.priors == 0 ? "–" : "\(row.priors)", style: plain)
    case .reader: return Span(row.readerWord(hidesNames), style: row.owner == nil ? plain : .accent)
    case .source: return Span(sanitized(row.study.source), style: plain)
    }
  }

  /// How long it has waited; marked from three quarters of its allowance on, and beyond it.
  private static func waited(_ row: WorklistRow, now: Date, style: Style) -> Span {
    let age = ClockText.age(row.study.arrived, now: now)
    if row.state.isSigned { return Span(age, style: style) }
    switch row.waited(at: now) {
    case 1...: return Span("▲\(age)", style: .critical)
    case 0.75...: return Span("△\(age)", style: .warning)
    default: return Span(age, style: style)
    }
  }
}

extension WorklistRow {
  /// Who has it open, or else who reads or signed it; nobody where it is read blind once more.
  fileprivate func readerWord(_ isHidden: Bool) -> String {
    let known = secondLook?.isOpen == true ? nil : review?.reader
    guard let name = owner?.reader ?? known else { return "" }
    let word = isHidden ? "••••" : sanitized(name)
    return owner == nil ? word : "● \(word)"
  }
}
