import Foundation
import GRDB
import Radiology

extension WorklistFilter {
  /// ``shows(_:now:calendar:)`` as a condition on an entry.
  func condition(
    at date: Date, _ calendar: Calendar
  ) -> (sql: String, arguments: StatementArguments) {
    var arguments: StatementArguments = []
    let parts = terms.map { term in
      let condition = term.test.condition(at: date, calendar)
      arguments += condition.arguments
      // What is not known is not so, and its negation is.
      let holds = "ifnull(\(condition.sql), 0)"
      return term.isNegated ? "NOT \(holds)" : holds
    }
    return (parts.joined(separator: " AND "), arguments)
  }
}

extension WorklistFilter.Test {
  fileprivate func condition(
    at date: Date, _ calendar: Calendar
  ) -> (sql: String, arguments: StatementArguments) {
    switch self {
    case .text(let text):
      let columns =
        [.patient, .id, .accession, .description].map(\WorklistFilter.Field.column) + ["exam"]
      return (
        "(\(columns.map { "instr(\($0), ?)" }.joined(separator: " OR ")))",
        StatementArguments(columns.map { _ in WorklistFilter.folded(text) })
      )
    case .triageClass(let wanted): return ("class = ?", [wanted.column])
    case .refused:
      return ("class IN (?, ?)", [TriageClass.failed.rawValue, TriageClass.undetermined.rawValue])
    case .lookAgain: return ("class = ? AND regions > 0", [TriageClass.normal.rawValue])
    case .state(let state): return ("state = ?", [state.rawValue])
    case .unsigned: return ("NOT isSigned", [])
    case .secondLook(let states):
      return (
        "secondLook IN (\(databaseQuestionMarks(count: states.count)))",
        StatementArguments(states.map(\.rawValue))
      )
    case .priority(let priority): return ("priority = ?", [priority.rawValue])
    case .signedToday:
      return ("signed >= ?", [calendar.startOfDay(for: date).timeIntervalSinceReferenceDate])
    case .field(let field, let text):
      return ("instr(\(field.column), ?)", [WorklistFilter.folded(text)])
    case .number(.waiting, let comparison, let minutes):
      return (
        "(? - arrived) / 60 \(comparison.rawValue) ?",
        [date.timeIntervalSinceReferenceDate, minutes]
      )
    case .number(let quantity, let comparison, let value):
      return ("\(quantity.column) \(comparison.rawValue) ?", [value])
    }
  }
}

extension WorklistFilter.Quantity {
  fileprivate var column: String {
    switch self {
    case .p: "probability"
    case .age: "years"
    case .regions, .images: rawValue
    case .waiting: "arrived"
    }
  }
}
