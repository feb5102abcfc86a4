import GRDB
import Radiology

extension ModelTrial: StoredRow {
  static var databaseTableName: String { "trial" }
}

extension ShadowReading: StoredRow {
  static var databaseTableName: String { "shadow" }
}
