import GRDB
import Radiology

extension SecondLook: StoredRow {}
extension SecondLook.Reason: StoredWord {}
extension SecondLook.State: StoredWord {}
