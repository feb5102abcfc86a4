import GRDB
import Radiology

extension AuditEvent: StoredRow {
  static var databaseTableName: String { "audit" }
}
extension AuditEvent.Kind: StoredWord {}
