import GRDB
import Radiology

extension LearningTask: StoredRow {
  static var databaseTableName: String { "task" }
}
extension LearningTask.State: StoredWord {}

extension Release: StoredRow {
  static var databaseTableName: String { "released" }
}
