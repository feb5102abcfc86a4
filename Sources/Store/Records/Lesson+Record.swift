import GRDB
import Radiology

extension Lesson: StoredRow {}
extension Lesson.Part: StoredWord {}
