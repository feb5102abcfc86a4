import GRDB
import Radiology

extension Study: StoredRow {}
extension Patient: StoredRow {}
extension Series: StoredRow {}
extension Instance: StoredRow {}
extension Order: StoredRow {
  static var databaseTableName: String { "request" }
}
extension RemoteStudy: StoredRow {
  static var databaseTableName: String { "prior" }
}

extension Priority: StoredWord {}
extension Consent: StoredWord {}
extension Instance.Format: StoredWord {}
