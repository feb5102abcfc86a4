public import Foundation
import GRDB
public import Radiology

extension Store {
  /// The newest version: the draft if there is one, otherwise the last signed one.
  public func report(of study: Study.ID) throws(StoreError) -> Report? {
    try reports(of: study).last
  }

  /// The version that holds: the last signed one.
  public func signedReport(of study: Study.ID) throws(StoreError) -> Report? {
    try reports(of: study).last(where: \.isSigned)
  }

  /// All versions: the signed ones in order, then the draft.
  public func reports(of study: Study.ID) throws(StoreError) -> [Report] {
    try read { try reports($0, of: study) }
  }

  private func reports(_ database: Database, of study: Study.ID) throws -> [Report] {
    try Report.fetchAll(
      database, sql: "SELECT * FROM report WHERE study = ? ORDER BY version = 0, version",
      arguments: [study])
  }

  /// What was let out before the signature, then the signed versions in order, then the draft.
  public func versions(of study: Study.ID) throws(StoreError) -> [Report] {
    try read { database in
      try preliminaries(database, of: study).map(\.report) + reports(database, of: study)
    }
  }

  /// Stores what is written so far, in place of the draft before.
  ///
  /// Once a study is signed, a draft has to say that it is an addendum (`state`), so that a
  /// reader who has not seen the signature cannot write past it.
  /// - Throws: ``StoreError/signed`` for a signed report, or a second one that is no addendum;
  ///   ``StoreError/locked(by:since:)`` while another session has the study open;
  ///   ``StoreError/notFound`` if there is no such study.
  public func saveDraft(_ report: Report) throws(StoreError) {
    try write { database in
      guard !report.isSigned else { throw StoreError.signed }
      try refuseLocked(database, report.study)
      try refuseSecond(database, report)
      var draft = report
      draft.version = 0
      try database.insert(draft, or: .replace)
    }
  }

  /// Signs a report together with the review it rests on, and returns what was signed.
  ///
  /// The report becomes the next version; no version is ever overwritten. ``SigningGuard`` looks
  /// at it here, beside the newest triage and inside the same transaction, so that no door can
  /// skip it. Each of its questions has to stand in `report.acknowledged`, word for word: the
  /// reader was asked and signs all the same. `known` is the review that was stored when the
  /// reader looked, where it is not the one to sign. `unseen` are regions that were not on the
  /// reader's screen. What `isUnopened` is signed without having been on a screen at all. What the
  /// department's rules want read once more is put into the queue of second looks.
  /// - Throws: ``StoreError/blocked(_:)`` or ``StoreError/unasked(_:)`` with what is in the way;
  ///   ``StoreError/nobodySigns`` without a name; ``StoreError/notFound`` without a study;
  ///   ``StoreError/signed`` if there is a signed report and this is no addendum,
  ///   ``StoreError/nothingNew`` if it is one that adds nothing; ``StoreError/overtaken(by:at:)``
  ///   if something else was decided meanwhile; ``StoreError/locked(by:since:)`` while another
  ///   session has the study open.
  @discardableResult
  public func sign(
    _ report: Report, review: Review, over known: Review? = nil, unseen: Set<Finding.ID> = [],
    isUnopened: Bool = false, under rules: ReadingRules = ReadingRules(), by reader: String,
    at date: Date
  ) throws(StoreError) -> Report {
    precondition(report.study == review.study, "a report and its review are of one study")
    return try write { database in
      try refuseLocked(database, report.study)
      try refuseSecond(database, report)
      try refuseEmptyAddendum(database, report, review)
      try refuseOvertaken(database, review, known)
      if isUnopened { try refuseOthersDraft(database, report, by: reader) }
      let questions = try questions(
        database, report: report, review: review, unseen: unseen, isUnopened: isUnopened,
        under: rules, by: reader, at: date)
      let last = try version(database, of: report.study)
      var signed = report
      signed.version = last + 1
      signed.state = last == 0 ? .final : .addendum
      signed.author = reader
      signed.signed = date
      signed.acknowledged = questions
      try database.insert(signed)
      try database.insert(review, with: ["version": signed.version])
      for table in ["report", "review"] {
        try database.execute(
          sql: "DELETE FROM \(table) WHERE study = ? AND version = 0", arguments: [report.study])
      }
      try append(
        database, .signed, reader, report.study,
        "\(signed.state.rawValue), version \(signed.version), \(questions.count) confirmed"
          + (questions.isEmpty ? "" : ": " + questions.joined(separator: "; ")), date)
      try queueSecondLook(database, signed, review, under: rules)
      return signed
    }
  }

  /// What the reader was asked and confirmed; throws if anything stands in the way.
  func questions(
    _ database: Database, report: Report, review: Review, unseen: Set<Finding.ID>,
    isUnopened: Bool, under rules: ReadingRules, by reader: String, at date: Date
  ) throws -> [String] {
    guard !reader.allSatisfy(\.isWhitespace) else { throw StoreError.nobodySigns }
    guard let row = try row(database, report.study) else { throw StoreError.notFound }
    let signing = SigningGuard(
      review: review, report: report, triage: row.triage, images: row.completeness(at: date),
      by: reader, preliminary: try preliminaries(database, of: report.study).last, unseen: unseen,
      isUnopened: isUnopened, under: rules)
    guard signing.allows else { throw StoreError.blocked(signing.blocking) }
    let unasked = signing.questions.filter { !report.acknowledged.contains($0.text) }
    guard unasked.isEmpty else { throw StoreError.unasked(unasked) }
    return signing.questions.map(\.text)
  }

  /// Nobody's words are thrown away by a reader who has not opened the study.
  private func refuseOthersDraft(
    _ database: Database, _ report: Report, by reader: String
  ) throws {
    guard let draft = try draft(database, of: report.study) else { return }
    guard draft.author == reader, draft.changed <= report.changed else {
      throw StoreError.overtaken(by: draft.author, at: draft.changed)
    }
  }

  private func refuseSecond(_ database: Database, _ report: Report) throws {
    guard try report.state == .addendum || version(database, of: report.study) == 0 else {
      throw StoreError.signed
    }
  }

  /// An addendum that changes neither a word nor a decision would only be delivered once more.
  private func refuseEmptyAddendum(
    _ database: Database, _ report: Report, _ review: Review
  ) throws {
    let last = try version(database, of: report.study)
    guard
      let signed = try Report.fetchOne(
        database, sql: "SELECT * FROM report WHERE study = ? AND version = ?",
        arguments: [report.study, last]),
      signed.isSigned, signed.says(theSameAs: report),
      let rests = try self.review(database, of: report.study, version: last),
      rests.call == review.call, rests.findings == review.findings
    else { return }
    throw StoreError.nothingNew
  }

  /// The last signed version; 0 if nothing is signed.
  func version(_ database: Database, of study: Study.ID) throws -> Int {
    try Int.fetchOne(
      database, sql: "SELECT max(version) FROM report WHERE study = ?", arguments: [study]) ?? 0
  }

  func draft(_ database: Database, of study: Study.ID) throws -> Report? {
    try Report.fetchOne(
      database, sql: "SELECT * FROM report WHERE study = ? AND version = 0", arguments: [study])
  }
}
