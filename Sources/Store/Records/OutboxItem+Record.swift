import GRDB
import Radiology

extension OutboxItem: StoredRow {
  static var databaseTableName: String { "outbox" }
}
extension OutboxItem.State: StoredWord {}
extension DeliveryProblem.Code: StoredWord {}
