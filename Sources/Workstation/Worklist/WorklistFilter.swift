import Foundation
import Radiology

/// Which rows of the worklist are shown: every term has to hold.
struct WorklistFilter: Sendable, Hashable {
  /// One word of the filter.
  struct Term: Sendable, Hashable {
    var test: Test
    /// A leading `-` turns the term around.
    var isNegated = false
  }

  enum Test: Sendable, Hashable {
    /// Anywhere in patient name, ID, accession, exam or description; lower case.
    case text(String)
    case triageClass(TriageClass?)
    /// Normal, with a region to see once more.
    case lookAgain
    case state(StudyState)
    case unsigned
    /// Signed, with a second look in one of these states.
    case secondLook(Set<SecondLook.State>)
    case priority(Priority)
    /// A field that has to contain some lower case text.
    case field(Field, String)
    case number(Quantity, Comparison, Double)
  }

  enum Field: String, Sendable, Hashable, CaseIterable {
    case modality, body, view, patient, id, accession, sex, source, description

    fileprivate func text(of row: WorklistRow) -> String {
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
      }
    }
  }

  enum Quantity: String, Sendable, Hashable, CaseIterable {
    /// Probability, 0 to 1.
    case p
    case age, regions, images
    /// Minutes since arrival.
    case waiting
  }

  enum Comparison: String, Sendable, Hashable, CaseIterable {
    // The two-character ones come first, so that `>=` is not read as `>`.
    case atLeast = ">="
    case atMost = "<="
    case more = ">"
    case less = "<"
    case equal = "="

    func holds(_ a: Double, _ b: Double) -> Bool {
      switch self {
      case .atLeast: a >= b
      case .atMost: a <= b
      case .more: a > b
      case .less: a < b
      case .equal: a == b
      }
    }
  }

  var terms: [Term] = []

  var isEmpty: Bool { terms.isEmpty }

  func shows(_ row: WorklistRow, now: Date) -> Bool {
    terms.allSatisfy { $0.test.holds(row, now: now) != $0.isNegated }
  }
}

extension WorklistFilter.Test {
  fileprivate func holds(_ row: WorklistRow, now: Date) -> Bool {
    switch self {
    case .text(let text):
      [
        row.patient.name, row.patient.identifier, row.study.accession, row.exam,
        row.study.description,
      ].contains { $0.lowercased().contains(text) }
    case .triageClass(let wanted): row.triageClass == wanted
    case .lookAgain: row.triageClass == .normal && !row.regions.isEmpty
    case .state(let state): row.state == state
    case .unsigned: !row.state.isSigned
    case .secondLook(let states): row.secondLook.map(states.contains) ?? false
    case .priority(let priority): row.study.priority == priority
    case .field(let field, let text): field.text(of: row).lowercased().contains(text)
    case .number(let quantity, let comparison, let value):
      // A value that is not known fulfils no comparison.
      quantity.value(of: row, now: now).map { comparison.holds($0, value) } ?? false
    }
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
