import Foundation
import GRDB
import Radiology

/// A noun of `Radiology` that is a row of a table: its properties are the columns.
///
/// Lists of values are JSON texts in one column. A table may have columns the struct does not
/// know; they are the store's own bookkeeping.
protocol StoredRow: Codable, FetchableRecord, PersistableRecord {}

/// A noun of `Radiology` that is one word in a column.
protocol StoredWord: DatabaseValueConvertible {}

extension StoredRow {
  static func databaseDateEncodingStrategy(for column: String) -> DatabaseDateEncodingStrategy {
    .timeIntervalSinceReferenceDate
  }

  static func databaseDateDecodingStrategy(for column: String) -> DatabaseDateDecodingStrategy {
    .timeIntervalSinceReferenceDate
  }
}

extension Database {
  /// What to do where a row of the same key is there already.
  enum Clash: String { case abort, ignore, replace }

  /// Inserts a row and, in the same breath, the store's own columns.
  func insert(
    _ row: some StoredRow, with own: [String: (any DatabaseValueConvertible)?] = [:],
    or clash: Clash = .abort
  ) throws {
    var columns = try row.databaseDictionary
    for (name, value) in own { columns[name] = value?.databaseValue ?? .null }
    // In one order, so that the prepared statement is found again.
    let names = columns.keys.sorted()
    let list = names.map(\.quotedDatabaseIdentifier).joined(separator: ", ")
    let places = names.map { _ in "?" }.joined(separator: ", ")
    let statement = try cachedStatement(
      sql: """
        INSERT OR \(clash.rawValue) INTO \(type(of: row).databaseTableName) (\(list))
        VALUES (\(places))
        """)
    try statement.execute(arguments: StatementArguments(names.map { columns[$0] ?? .null }))
  }
}
