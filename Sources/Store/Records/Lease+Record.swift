import GRDB
import Radiology

extension Lease: StoredRow {}
