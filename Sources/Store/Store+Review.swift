import GRDB
public import Radiology

extension Store {
  /// What the reader decided so far; after signing, what the newest signed report rests on.
  public func review(of study: Study.ID) throws(StoreError) -> Review? {
    try read { try review($0, of: study) }
  }

  /// What one signed version of the report rests on.
  public func review(of study: Study.ID, version: Int) throws(StoreError) -> Review? {
    try read { database in
      try Review.fetchOne(
        database, sql: "SELECT * FROM review WHERE study = ? AND version = ? AND version > 0",
        arguments: [study, version])
    }
  }

  /// Stores what a reader decided so far, in place of what they decided before.
  ///
  /// - Throws: ``StoreError/signed`` once the study is signed, unless an addendum was begun;
  ///   ``StoreError/notFound`` if there is no such study.
  public func save(_ review: Review) throws(StoreError) {
    try write { database in
      if try version(database, of: review.study) > 0 {
        guard try draft(database, of: review.study) != nil else { throw StoreError.signed }
      }
      let before = try self.review(database, of: review.study)
      try database.insert(review, with: ["version": 0], or: .replace)
      if before?.decisions != review.decisions {
        try append(
          database, .reviewed, review.reader, review.study, review.decisions, review.changed)
      }
    }
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
    return ([call.map { "called \($0.rawValue)" } ?? "not called"] + states)
      .joined(separator: ", ")
  }
}
