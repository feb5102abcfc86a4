import GRDB
import Radiology

extension Review: StoredRow {}
extension Call: StoredWord {}
