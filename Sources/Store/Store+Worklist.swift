import GRDB
public import Radiology

extension Store {
  /// All studies in the order a reader should take them, by `WorklistRow.comesFirst`.
  public func worklist() throws(StoreError) -> [WorklistRow] {
    try read { try rows($0, of: nil) }.sorted(by: WorklistRow.comesFirst)
  }

  /// One study's line of the worklist.
  public func row(_ study: Study.ID) throws(StoreError) -> WorklistRow? {
    try read { try rows($0, of: study) }.first
  }

  /// One request per table, all of them at one moment, joined here.
  private func rows(_ database: Database, of study: Study.ID?) throws -> [WorklistRow] {
    let scope: SQL = study.map { "= \($0)" } ?? "IS NOT NULL"
    func all<Value: StoredRow>(_ request: SQL) throws -> [Value] {
      try SQLRequest<Value>(literal: request).fetchAll(database)
    }
    let studies: [Study] = try all("SELECT * FROM study WHERE uid \(scope)")
    let patients = try SQLRequest<Row>(literal: "SELECT * FROM patient WHERE study \(scope)")
      .fetchAll(database).reduce(into: [:]) { $0[$1["study"] as Study.ID] = try Patient(row: $1) }
    let triages: [Triage] = try all(
      """
      SELECT * FROM triage WHERE number IN
        (SELECT max(number) FROM triage WHERE study \(scope) GROUP BY study)
      """)
    // The one being worked on comes last and so is the one that counts.
    let reviews: [Review] = try all(
      "SELECT * FROM review WHERE study \(scope) ORDER BY version = 0, version")
    let counts = try Count.all(
      database,
      """
      SELECT study, count(*) AS whole, sum(refusal IS NULL) AS part
      FROM instance WHERE study \(scope) GROUP BY study
      """)
    let reports = try Count.all(
      database,
      """
      SELECT study, count(*) AS whole, sum(version > 0) AS part
      FROM report WHERE study \(scope) GROUP BY study
      """)

    let triage = Dictionary(triages.map { ($0.study, $0) }) { $1 }
    let review = Dictionary(reviews.map { ($0.study, $0) }) { $1 }
    return try studies.map { study in
      guard let patient = patients[study.uid] else {
        throw StoreError.damaged("a study has no patient")
      }
      let state: StudyState =
        switch reports[study.uid]?.part ?? 0 {
        case 0 where review[study.uid] != nil || reports[study.uid] != nil: .reading
        case 0: triage[study.uid] == nil ? .received : .unread
        case 1: .final
        default: .addendum
        }
      return WorklistRow(
        study: study, patient: patient, triage: triage[study.uid], review: review[study.uid],
        state: state, instances: counts[study.uid]?.whole ?? 0,
        readable: counts[study.uid]?.part ?? 0)
    }
  }

  /// How many of something a study has, and how many of those matter.
  private struct Count {
    let whole: Int
    let part: Int

    static func all(_ database: Database, _ request: SQL) throws -> [Study.ID: Count] {
      try SQLRequest<Row>(literal: request).fetchAll(database).reduce(into: [:]) { counts, row in
        counts[row["study"]] = Count(whole: row["whole"], part: row["part"])
      }
    }
  }
}
