import GRDB
import Radiology

extension ModelVersion: StoredRow {
  static var databaseTableName: String { "model" }
}
extension ModelVersion.State: StoredWord {}
