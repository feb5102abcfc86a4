public import Foundation

/// Which rows of the worklist are shown: every term has to hold.
public struct WorklistFilter: Sendable, Hashable {
  /// One word of the filter.
  public struct Term: Sendable, Hashable {
    public var test: Test
    /// A leading `-` turns the term around.
    public var isNegated = false
  }

  public enum Test: Sendable, Hashable {
    /// Anywhere in patient name, ID, accession, exam or description; lower case.
    case text(String)
    case triageClass(TriageClass?)
    /// Failed or undetermined: no model may judge it.
    case refused
    /// Normal, with a region to see once more.
    case lookAgain
    case state(StudyState)
    case unsigned
    /// Signed, with a second look in one of these states.
    case secondLook(Set<SecondLook.State>)
    case priority(Priority)
    /// Signed since midnight.
    case signedToday
    /// A field that has to contain some lower case text.
    case field(Field, String)
    case number(Quantity, Comparison, Double)
  }

  public enum Field: String, Sendable, Hashable, CaseIterable {
    case modality, body, view, patient, id, accession, sex, source, description
    /// Who is reading it, or signed it.
    case reader

    /// What a term of this field is looked for in.
    public func text(of row: WorklistRow) -> String {
      switch self {
      case .modality: row.study.modality
      case .body: row.study.bodyPart
      case .view: row.study.view
      case .patient: row.patient.name
      case .id: row.patient.identifier
      case .accession: row.study.accession
      case .sex: row.patient.sex ?? ""
      case .source: row.study.source
      case .description: row.study.description
      case .reader: row.review?.reader ?? ""
      }
    }
  }

  public enum Quantity: String, Sendable, Hashable, CaseIterable {
    /// Probability, 0 to 1.
    case p
    case age, regions, images
    /// Minutes since arrival.
    case waiting
  }

  public enum Comparison: String, Sendable, Hashable, CaseIterable {
    // The two-character ones come first, so that `>=` is not read as `>`.
    case atLeast = ">="
    case atMost = "<="
    case more = ">"
    case less = "<"
    case equal = "="

    public func holds(_ a: Double, _ b: Double) -> Bool {
      switch self {
      case .atLeast: a >= b
      case .atMost: a <= b
      case .more: a > b
      case .less: a < b
      case .equal: a == b
      }
    }
  }

  public var terms: [Term] = []

  public init() {}

  public var isEmpty: Bool { terms.isEmpty }

  /// Whether a row is shown at a moment; the calendar says when its day began.
  public func shows(_ row: WorklistRow, now: Date, calendar: Calendar = .current) -> Bool {
    terms.allSatisfy { $0.test.holds(row, now: now, calendar) != $0.isNegated }
  }

  /// A text as it is compared, byte by byte in UTF-8.
  ///
  /// Upper and lower case are the same, and so are the ways to write an accent.
  public static func folded(_ text: String) -> String {
    text.lowercased().precomposedStringWithCanonicalMapping
  }
}

extension WorklistFilter.Test {
  fileprivate func holds(_ row: WorklistRow, now: Date, _ calendar: Calendar) -> Bool {
    switch self {
    case .text(let text): row.words.contains { Self.contains($0, text) }
    case .triageClass(let wanted): row.triageClass == wanted
    case .refused: row.triageClass == .failed || row.triageClass == .undetermined
    case .lookAgain: row.triageClass == .normal && !row.regions.isEmpty
    case .state(let state): row.state == state
    case .unsigned: !row.state.isSigned
    case .secondLook(let states): row.secondLook.map(states.contains) ?? false
    case .priority(let priority): row.study.priority == priority
    case .signedToday: row.signed.map { $0 >= calendar.startOfDay(for: now) } ?? false
    case .field(let field, let text): Self.contains(field.text(of: row), text)
    case .number(let quantity, let comparison, let value):
      // A value that is not known fulfils no comparison.
      quantity.value(of: row, now: now).map { comparison.holds($0, value) } ?? false
    }
  }

  private static func contains(_ text: String, _ wanted: String) -> Bool {
    WorklistFilter.folded(text).utf8.contains(WorklistFilter.folded(wanted).utf8)
  }
}

extension WorklistRow {
  /// In what a word without a field is looked for.
  public var words: [String] {
    [patient.name, patient.identifier, study.accession, study.exam, study.description]
  }
}

extension WorklistFilter.Quantity {
  fileprivate func value(of row: WorklistRow, now: Date) -> Double? {
    switch self {
    case .p: row.probability
    case .age: row.study.age.map(Double.init)
    case .regions: Double(row.regions.count)
    case .images: Double(row.instances)
    case .waiting: now.timeIntervalSince(row.study.arrived) / 60
    }
  }
}
