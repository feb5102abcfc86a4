import GRDB
import Radiology

extension Study: StoredRow {}
extension Patient: StoredRow {}
extension Series: StoredRow {}
extension Instance: StoredRow {}

extension Priority: StoredWord {}
extension Consent: StoredWord {}
extension Instance.Format: StoredWord {}
