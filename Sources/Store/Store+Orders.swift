public import Foundation
import GRDB
public import Radiology

extension Store {
  /// Keeps what a worklist says was asked for, and lets the studies follow that are here already.
  ///
  /// An order belongs to the study whose UID it names, or that carries its accession number, and
  /// only if both name the same patient. A study takes over its accession number where it has
  /// none, and its priority where that is higher: an order never makes a study wait longer. Orders
  /// that no study followed are forgotten a week after they were last seen.
  /// - Returns: how many studies follow one of these orders that did not before.
  @discardableResult
  public func save(_ orders: [Order], at date: Date = Date()) throws(StoreError) -> Int {
    try write { database in
      var attached = 0
      for order in orders {
        let own: [String: (any DatabaseValueConvertible)?] = [
          "key": order.key, "seen": date.timeIntervalSinceReferenceDate,
        ]
        try database.insert(order, with: own, or: .replace)
        for study in try studies(database, following: order) {
          attached += try attach(database, order, to: study) ? 1 : 0
        }
      }
      try database.execute(
        sql: """
          DELETE FROM request WHERE seen < ?
          AND NOT EXISTS (SELECT 1 FROM study WHERE study.request = request.key)
          """,
        arguments: [date.addingTimeInterval(-Self.orderMemory).timeIntervalSinceReferenceDate])
      return attached
    }
  }

  /// A week, in seconds.
  private static let orderMemory: TimeInterval = 7 * 86_400

  /// The order a study follows, where one is known.
  public func order(of study: Study.ID) throws(StoreError) -> Order? {
    try read { database in
      try Order.fetchOne(
        database,
        sql: """
          SELECT request.* FROM request JOIN study ON study.request = request.key
          WHERE study.uid = ?
          """, arguments: [study])
    }
  }

  /// Orders no image has arrived for, the scheduled ones in the order of their time.
  public func openOrders() throws(StoreError) -> [Order] {
    try read { database in
      try Order.fetchAll(
        database,
        sql: """
          SELECT * FROM request
          WHERE NOT EXISTS (SELECT 1 FROM study WHERE study.request = request.key)
          ORDER BY scheduledDate IS NULL, scheduledDate, scheduledTime, key
          """)
    }
  }

  /// Lets a study that has just got an object follow its order, where one is known.
  func attach(_ database: Database, ordersTo study: Study.ID) throws {
    guard let study = try Study.fetchOne(database, key: study) else { return }
    let orders = try Order.fetchAll(
      database,
      sql: """
        SELECT * FROM request WHERE study = :uid OR (accession = :accession AND accession <> '')
        ORDER BY seen DESC
        """, arguments: ["uid": study.uid, "accession": study.accession])
    for order in orders where try attach(database, order, to: study) { return }
  }

  private func studies(_ database: Database, following order: Order) throws -> [Study] {
    try Study.fetchAll(
      database,
      sql: """
        SELECT * FROM study WHERE uid = :uid OR (accession = :accession AND accession <> '')
        """, arguments: ["uid": order.study, "accession": order.accession])
  }

  /// Whether the study follows the order now and did not before.
  private func attach(_ database: Database, _ order: Order, to study: Study) throws -> Bool {
    guard let patient = try Patient.fetchOne(database, key: study.uid) else { return false }
    guard order.isFor(patient) else {
      if order.study == study.uid, !order.patientIdentifier.isEmpty {
        try doubtPatient(
          database, of: study.uid, other: "\(order.patientIssuer)\\\(order.patientIdentifier)",
          because: "An order names the study and another patient.", at: now())
      }
      return false
    }
    let known = try String.fetchOne(
      database, sql: "SELECT request FROM study WHERE uid = ?", arguments: [study.uid])
    let priority = min(study.priority, order.priority)
    let accession = study.accession.isEmpty ? order.accession : study.accession
    // Of several orders that fit it follows the first, or it would change with every question.
    guard known == nil || priority != study.priority || accession != study.accession else {
      return false
    }
    try database.execute(
      sql: "UPDATE study SET request = ?, priority = ?, accession = ? WHERE uid = ?",
      arguments: [known ?? order.key, priority.rawValue, accession, study.uid])
    try append(
      database, .ordered, order.source, study.uid,
      priority < study.priority
        ? "Follows an order; its priority is \(priority.rawValue) now" : "Follows an order")
    return known == nil
  }
}

extension Order {
  /// Tells orders apart: the same step of the same worklist is the same order.
  fileprivate var key: String {
    [source, patientIssuer, patientIdentifier, accession, procedureID, study ?? ""]
      .joined(separator: "\\")
  }

  /// Whether it was asked for this patient: the identifiers are equal, and the issuers where both
  /// are known.
  fileprivate func isFor(_ patient: Patient) -> Bool {
    guard !patientIdentifier.isEmpty, patientIdentifier == patient.identifier else { return false }
    return patientIssuer.isEmpty || patient.issuer.isEmpty || patientIssuer == patient.issuer
  }
}
