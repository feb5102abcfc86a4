import GRDB
import Radiology

extension Report: StoredRow {}
extension Report.State: StoredWord {}
