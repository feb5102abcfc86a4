import GRDB
import Radiology

extension Triage: StoredRow {}
extension TriageClass: StoredWord {}
