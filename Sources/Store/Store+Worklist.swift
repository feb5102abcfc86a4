import Foundation
import GRDB
public import Radiology
import Synchronization

extension Store {
  /// All studies in the order a reader should take them, by `WorklistRow.comesFirst`.
  public func worklist() throws(StoreError) -> [WorklistRow] {
    try read { database in
      try memory.withLock { try rows(database, of: nil, remembering: &$0) }
    }.sorted(by: WorklistRow.comesFirst)
  }

  /// One study's line of the worklist.
  public func row(_ study: Study.ID) throws(StoreError) -> WorklistRow? {
    try read { try row($0, study) }
  }

  func row(_ database: Database, _ study: Study.ID) throws -> WorklistRow? {
    var nothing = WorklistMemory()
    return try rows(database, of: study, remembering: &nothing).first
  }

  /// Finds out what each row is made of, reads what is not remembered, and puts them together.
  private func rows(
    _ database: Database, of study: Study.ID?, remembering memory: inout WorklistMemory
  ) throws -> [WorklistRow] {
    let parts = try WorklistParts.all(database, of: study)
    try memory.learn(parts, from: database)
    let owners = try owners(database)
    let looks = try secondLookStates(database, of: study)
    return try parts.map { part in
      guard let known = memory.studies[part.study], let patient = memory.patients[part.study]
      else { throw StoreError.damaged("a study has no patient") }
      var row = WorklistRow(
        study: known.study, patient: patient, triage: part.triage.flatMap { memory.triages[$0] },
        review: part.review.flatMap { memory.reviews[$0] }, state: part.state,
        instances: part.instances, readable: part.readable, documents: part.documents,
        late: part.late, expected: part.expected, settles: part.settles,
        order: part.request.flatMap { memory.orders[$0]?.order })
      row.owner = owners[part.study]
      row.secondLook = looks[part.study]
      return row
    }
  }
}

/// Which stored values make up one row of the worklist; cheap to read for ten thousand studies.
struct WorklistParts {
  /// A review's study and version; 0 is the one being worked on.
  struct ReviewKey: Hashable {
    let study: Study.ID
    let version: Int
  }

  let study: Study.ID
  /// Counts the changes of the study's row.
  let revision: Int
  let settles: Date
  /// The key of the order it follows, and when that was last seen.
  let request: String?
  let requestSeen: Double?
  let triage: Int64?
  let review: ReviewKey?
  let state: StudyState
  let instances: Int
  let readable: Int
  let documents: Int
  let late: Int
  let expected: Int?

  static func all(_ database: Database, of study: Study.ID?) throws -> [WorklistParts] {
    let scope = study == nil ? "" : "WHERE uid = ?"
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT uid, revision, settles, request,
          (SELECT seen FROM request WHERE request.key = study.request),
          (SELECT max(number) FROM triage WHERE triage.study = study.uid),
          (SELECT iif(min(version) = 0, 0, max(version)) FROM review WHERE review.study = study.uid),
          (SELECT count(*) FROM report WHERE report.study = study.uid),
          (SELECT count(*) FROM report WHERE report.study = study.uid AND version > 0),
          (SELECT count(*) FROM instance
            WHERE instance.study = study.uid AND format <> 'document'),
          (SELECT count(*) FROM instance WHERE instance.study = study.uid AND refusal IS NULL),
          (SELECT instances FROM expectation WHERE expectation.study = study.uid),
          (SELECT count(*) FROM instance
            WHERE instance.study = study.uid AND format = 'document'),
          (SELECT count(*) FROM instance WHERE instance.study = study.uid
            AND format <> 'document' AND NOT (\(Store.seen)))
        FROM study \(scope)
        """, arguments: study.map { [$0] } ?? [])
    return try Array(rows.map(WorklistParts.init))
  }

  private init(_ row: Row) throws {
    let study: Study.ID = row[0]
    self.study = study
    revision = row[1]
    settles = Date(timeIntervalSinceReferenceDate: row[2])
    request = row[3]
    requestSeen = row[4]
    triage = row[5]
    review = (row[6] as Int?).map { ReviewKey(study: study, version: $0) }
    let reports: Int = row[7]
    state =
      switch row[8] as Int {
      case 0 where review != nil || reports > 0: .reading
      case 0: triage == nil ? .received : .unread
      case 1: .final
      default: .addendum
      }
    instances = row[9]
    readable = row[10]
    expected = row[11]
    documents = row[12]
    late = row[13]
  }
}

/// Values that were read once and never change in the file: nine tenths of a worklist's cost.
///
/// A review that is being worked on does change, and is never taken from here; a study counts its
/// changes, and is read again after one.
struct WorklistMemory {
  private(set) var studies: [Study.ID: (revision: Int, study: Study)] = [:]
  private(set) var patients: [Study.ID: Patient] = [:]
  private(set) var orders: [String: (seen: Double, order: Order)] = [:]
  private(set) var triages: [Int64: Triage] = [:]
  private(set) var reviews: [WorklistParts.ReviewKey: Review] = [:]

  /// Reads what the parts name and is not known.
  mutating func learn(_ parts: [WorklistParts], from database: Database) throws {
    let unknown = parts.filter { studies[$0.study]?.revision != $0.revision }.map(\.study)
    try each("study", "uid", unknown, database) {
      studies[$0["uid"]] = ($0["revision"], try Study(row: $0))
    }
    try each("patient", "study", unknown, database) {
      patients[$0["study"]] = try Patient(row: $0)
    }
    let unheard = parts.filter { part in
      part.request.map { orders[$0]?.seen != part.requestSeen } ?? false
    }
    try each("request", "key", unheard.compactMap(\.request), database) {
      orders[$0["key"]] = ($0["seen"], try Order(row: $0))
    }
    let untold = parts.compactMap(\.triage).filter { triages[$0] == nil }
    try each("triage", "number", untold, database) { triages[$0["number"]] = try Triage(row: $0) }
    let unread = parts.compactMap(\.review).filter { $0.version == 0 || reviews[$0] == nil }
    try each("review", "study", unread.map(\.study), database) { row in
      let key = WorklistParts.ReviewKey(study: row["study"], version: row["version"])
      reviews[key] = try Review(row: row)
    }
  }

  /// Visits the rows whose key is listed, however many they are.
  private func each(
    _ table: String, _ column: String, _ keys: [some Codable & Sendable], _ database: Database,
    _ visit: (Row) throws -> Void
  ) throws {
    if keys.isEmpty { return }
    let list = try JSONEncoder().encode(keys)
    let rows = try Row.fetchCursor(
      database,
      sql: "SELECT * FROM \(table) WHERE \(column) IN (SELECT value FROM json_each(?))",
      arguments: [String(decoding: list, as: UTF8.self)])
    while let row = try rows.next() { try visit(row) }
  }
}
