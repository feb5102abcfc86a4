import Foundation
import GRDB
public import Radiology

extension Store {
  /// All studies in the order a reader should take them now, by `WorklistPlace`.
  ///
  /// It takes as long as there are studies; a screen asks for a ``worklist(_:calendar:)``.
  public func worklist() throws(StoreError) -> [WorklistRow] {
    let all = try read { try rows($0, of: nil) }
    let date = now()
    // A place is a row's own: it is not worked out anew for each comparison.
    return all.map { (WorklistPlace($0, at: date), $0) }.sorted { $0.0 < $1.0 }.map { $0.1 }
  }

  /// The lines of one patient's studies, in no order.
  public func studies(ofPatient patient: Patient.ID) throws(StoreError) -> [WorklistRow] {
    try read { database in
      let studies = try Study.ID.fetchAll(
        database, sql: "SELECT study FROM patient WHERE id = ?", arguments: [patient])
      return try rows(database, of: studies)
    }
  }

  /// One study's line of the worklist.
  public func row(_ study: Study.ID) throws(StoreError) -> WorklistRow? {
    try read { try row($0, study) }
  }

  func row(_ database: Database, _ study: Study.ID) throws -> WorklistRow? {
    try rows(database, of: [study]).first
  }

  /// The studies of some patients that have a picture, and when each was made.
  private func images(
    _ database: Database, of patients: Set<Patient.ID>
  ) throws -> [Patient.ID: [(study: Study.ID, date: String?)]] {
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT patient.id, study.uid, study.date
        FROM patient JOIN study ON study.uid = patient.study
        WHERE patient.id IN (SELECT value FROM json_each(?)) AND EXISTS
          (SELECT 1 FROM instance WHERE instance.study = study.uid AND refusal IS NULL)
        """, arguments: [try Store.list(Array(patients))])
    var studies: [Patient.ID: [(study: Study.ID, date: String?)]] = [:]
    while let row = try rows.next() { studies[row[0], default: []].append((row[1], row[2])) }
    return studies
  }

  /// The rows of some studies in no order, or of all; studies that are not there have none.
  func rows(_ database: Database, of studies: [Study.ID]?) throws -> [WorklistRow] {
    let parts = try WorklistParts.all(database, of: studies)
    let values = try WorklistValues(parts, database)
    let owners = try owners(database)
    let looks = try secondLookStates(database, of: studies)
    let others = try images(database, of: Set(values.patients.values.map(\.id)))
    return try parts.map { part in
      guard let study = values.studies[part.study], let patient = values.patients[part.study]
      else { throw StoreError.damaged("a study has no patient") }
      var row = WorklistRow(
        study: study, patient: patient, triage: part.triage.flatMap { values.triages[$0] },
        review: part.review == nil ? nil : values.reviews[part.study], state: part.state,
        instances: part.instances, readable: part.readable, documents: part.documents,
        late: part.late, expected: part.expected, settles: part.settles,
        order: part.request.flatMap { values.orders[$0] })
      row.owner = owners[part.study]
      row.secondLook = looks[part.study]
      row.signed = part.signed
      row.priors =
        others[patient.id]?.count {
          $0.study != study.uid && Study.isPrior(madeOn: $0.date, to: study.date)
        } ?? 0
      return row
    }
  }
}

/// Which stored values make up one row of the worklist.
struct WorklistParts {
  let study: Study.ID
  let settles: Date
  /// The key of the order it follows.
  let request: String?
  let triage: Int64?
  /// The version of its review; 0 is the one being worked on.
  let review: Int?
  let state: StudyState
  let instances: Int
  let readable: Int
  let documents: Int
  let late: Int
  let expected: Int?
  let signed: Date?

  static func all(_ database: Database, of studies: [Study.ID]?) throws -> [WorklistParts] {
    let scope = studies == nil ? "" : "WHERE uid IN (SELECT value FROM json_each(?))"
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT uid, settles, request,
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
            AND format <> 'document' AND NOT (\(Store.seen))),
          (SELECT max(signed) FROM report WHERE report.study = study.uid),
          (SELECT count(*) FROM preliminary WHERE preliminary.study = study.uid)
        FROM study \(scope)
        """, arguments: studies.map { [try Store.list($0)] } ?? [])
    return try Array(rows.map(WorklistParts.init))
  }

  private init(_ row: Row) throws {
    study = row[0]
    settles = Date(timeIntervalSinceReferenceDate: row[1])
    request = row[2]
    triage = row[3]
    review = row[4]
    let reports: Int = row[5]
    state =
      switch row[6] as Int {
      case 0 where row[13] as Int > 0: .preliminary
      case 0 where review != nil || reports > 0: .reading
      case 0: triage == nil ? .received : .unread
      case 1: .final
      default: .addendum
      }
    instances = row[7]
    readable = row[8]
    expected = row[9]
    documents = row[10]
    late = row[11]
    signed = (row[12] as Double?).map(Date.init(timeIntervalSinceReferenceDate:))
  }
}

/// The values that rows are made of, read a table at a time: nine tenths of a worklist's cost.
struct WorklistValues {
  private(set) var studies: [Study.ID: Study] = [:]
  private(set) var patients: [Study.ID: Patient] = [:]
  private(set) var orders: [String: Order] = [:]
  private(set) var triages: [Int64: Triage] = [:]
  /// Of each study the one that counts.
  private(set) var reviews: [Study.ID: Review] = [:]

  /// Reads what the parts name.
  init(_ parts: [WorklistParts], _ database: Database) throws {
    let keys = parts.map(\.study)
    try each("study", "uid", keys, database) { studies[$0["uid"]] = try Study(row: $0) }
    try each("patient", "study", keys, database) { patients[$0["study"]] = try Patient(row: $0) }
    try each("request", "key", parts.compactMap(\.request), database) {
      orders[$0["key"]] = try Order(row: $0)
    }
    try each("triage", "number", parts.compactMap(\.triage), database) {
      triages[$0["number"]] = try Triage(row: $0)
    }
    let versions = parts.reduce(into: [:]) { $0[$1.study] = $1.review }
    try each("review", "study", Array(versions.keys), database) { row in
      let study: Study.ID = row["study"]
      if versions[study] == row["version"] { reviews[study] = try Review(row: row) }
    }
  }

  /// Visits the rows whose key is listed, however many they are.
  private func each(
    _ table: String, _ column: String, _ keys: [some Codable & Sendable], _ database: Database,
    _ visit: (Row) throws -> Void
  ) throws {
    if keys.isEmpty { return }
    let rows = try Row.fetchCursor(
      database,
      sql: "SELECT * FROM \(table) WHERE \(column) IN (SELECT value FROM json_each(?))",
      arguments: [try Store.list(keys)])
    while let row = try rows.next() { try visit(row) }
  }
}

extension Store {
  /// Keys as a JSON array, for `json_each`: a statement takes one argument however many there are.
  static func list(_ keys: [some Encodable]) throws -> String {
    String(decoding: try JSONEncoder().encode(keys), as: UTF8.self)
  }
}
