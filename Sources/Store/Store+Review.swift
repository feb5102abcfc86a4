import GRDB
public import Radiology

extension Store {
  /// What the reader decided so far; after signing, what the newest signed report rests on.
  public func review(of study: Study.ID) throws(StoreError) -> Review? {
    try read { try review($0, of: study) }
  }

  /// What a signed version of the report rests on.
  public func review(of study: Study.ID, version: Int) throws(StoreError) -> Review? {
    try read { try review($0, of: study, version: version) }
  }

  /// Stores what a reader decided so far, in place of `known`: what was decided when they looked.
  ///
  /// - Throws: ``StoreError/overtaken(by:at:)`` if something else was decided meanwhile;
  ///   ``StoreError/locked(by:since:)`` while another session has the study open;
  ///   ``StoreError/signed`` once the study is signed, unless an addendum was begun;
  ///   ``StoreError/notFound`` if there is no such study.
  public func save(_ review: Review, over known: Review? = nil) throws(StoreError) {
    try write { database in
      try refuseLocked(database, review.study)
      if try version(database, of: review.study) > 0 {
        guard try draft(database, of: review.study) != nil else { throw StoreError.signed }
      }
      let before = try refuseOvertaken(database, review, known)
      try database.insert(review, with: ["version": 0], or: .replace)
      if before?.decisions != review.decisions {
        try append(
          database, .reviewed, review.reader, review.study, review.decisions, review.changed)
      }
    }
  }

  /// The review that is stored, if it is the one a reader knows or the one they want.
  @discardableResult
  func refuseOvertaken(
    _ database: Database, _ review: Review, _ known: Review?
  ) throws -> Review? {
    guard let stored = try self.review(database, of: review.study) else { return nil }
    guard stored == known || stored == review else {
      throw StoreError.overtaken(by: stored.reader, at: stored.changed)
    }
    return stored
  }

  func review(_ database: Database, of study: Study.ID, version: Int) throws -> Review? {
    try Review.fetchOne(
      database, sql: "SELECT * FROM review WHERE study = ? AND version = ? AND version > 0",
      arguments: [study, version])
  }

  func review(_ database: Database, of study: Study.ID) throws -> Review? {
    try Review.fetchOne(
      database,
      sql: "SELECT * FROM review WHERE study = ? ORDER BY version = 0 DESC, version DESC LIMIT 1",
      arguments: [study])
  }
}

extension Review {
  /// One sentence for the log: the call and what was said of each finding, without the notes.
  fileprivate var decisions: String {
    let states = findings.map { "\($0.name) \($0.state.rawValue)" }
    let first = firstCall.map { ["\($0.rawValue) before the model's answer was shown"] } ?? []
    return ([call.map { "called \($0.rawValue)" } ?? "not called"] + first + states)
      .joined(separator: ", ")
  }
}
