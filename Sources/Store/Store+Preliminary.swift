public import Foundation
import GRDB
public import Radiology

extension Store {
  /// What was let out of a study before it was signed, the newest last.
  public func preliminaries(of study: Study.ID) throws(StoreError) -> [PreliminaryReport] {
    try read { try preliminaries($0, of: study) }
  }

  /// Lets a report out before it is signed, and returns it as it was given.
  ///
  /// The guard looks at it as it would before a signature. Its words go on as the draft.
  /// - Throws: as ``sign(_:review:over:unseen:isUnopened:under:by:at:)`` does;
  ///   ``StoreError/signed`` once the study is signed; ``StoreError/nothingNew`` if the last one
  ///   that was let out says and decides the same.
  @discardableResult
  public func givePreliminary(
    _ report: Report, review: Review, over known: Review? = nil, unseen: Set<Finding.ID> = [],
    under rules: ReadingRules = ReadingRules(), by reader: String, at date: Date
  ) throws(StoreError) -> PreliminaryReport {
    precondition(report.study == review.study, "a report and its review are of one study")
    return try write { database in
      try refuseLocked(database, report.study)
      guard try version(database, of: report.study) == 0 else { throw StoreError.signed }
      try refuseOvertaken(database, review, known)
      let questions = try questions(
        database, report: report, review: review, unseen: unseen, isUnopened: false, under: rules,
        by: reader, at: date)
      let last = try preliminaries(database, of: report.study).last
      if let last, last.report.says(theSameAs: report), last.review.call == review.call,
        last.review.findings == review.findings
      {
        throw StoreError.nothingNew
      }
      var given = report
      given.version = (last?.report.version ?? 0) + 1
      given.state = .preliminary
      given.author = reader
      given.changed = date
      given.acknowledged = questions
      try database.execute(
        sql: "INSERT INTO preliminary (study, version, report, review) VALUES (?, ?, ?, ?)",
        arguments: [
          given.study, given.version, try JSONColumn.text(given), try JSONColumn.text(review),
        ])
      var draft = report
      (draft.version, draft.state, draft.acknowledged) = (0, .draft, [])
      try database.insert(draft, or: .replace)
      try database.insert(review, with: ["version": 0], or: .replace)
      try append(
        database, .preliminary, reader, report.study,
        "number \(given.version), called \(review.call?.rawValue ?? "nothing"), "
          + "\(questions.count) confirmed"
          + (questions.isEmpty ? "" : ": " + questions.joined(separator: "; ")), date)
      return PreliminaryReport(report: given, review: review)
    }
  }

  func preliminaries(_ database: Database, of study: Study.ID) throws -> [PreliminaryReport] {
    try Row.fetchAll(
      database, sql: "SELECT report, review FROM preliminary WHERE study = ? ORDER BY version",
      arguments: [study]
    ).map { row in
      let report: Report = try JSONColumn.value(row[0])
      let review: Review = try JSONColumn.value(row[1])
      guard report.state == .preliminary, report.study == study, review.study == study else {
        throw StoreError.damaged("a preliminary report is of another study or state")
      }
      return PreliminaryReport(report: report, review: review)
    }
  }
}
