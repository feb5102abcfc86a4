public import Foundation
import GRDB
public import Radiology

extension Store {
  /// The part of the worklist a screen asks for, all of it from one moment.
  ///
  /// Without a filter it takes as long for a million studies as for a thousand; a filter looks at
  /// each entry once. Studies that have waited too long are moved up first, but for a first look.
  public func worklist(
    _ request: WorklistRequest, calendar: Calendar = .current
  ) throws(StoreError) -> WorklistPage {
    // A store that cannot be written to now is still read, in the order it had.
    if request.length > WorklistPage.firstLength { try? raiseEntries() }
    let date = now()
    return try read { database in
      let tally = try tally(database)
      // Said as the index says it, or all entries would be looked at.
      let rises = try Double.fetchOne(
        database, sql: "SELECT min(rises) FROM entry WHERE rises IS NOT NULL"
      ).map(Date.init(timeIntervalSinceReferenceDate:))
      var page = WorklistPage(
        request: request, rows: [], tally: tally, rises: rises, asOf: date)
      if tally.total <= WorklistPage.length {
        let studies = try Study.ID.fetchAll(
          database, sql: "SELECT study FROM entry ORDER BY \(WorklistSort.triage.columns)")
        page.rows = try rows(database, inOrder: studies)
        page.count = page.rows.count
      } else {
        try fill(&page, database, at: date, calendar)
      }
      page.scores = try scores(database, of: page.rows)
      return page
    }
  }

  private func fill(
    _ page: inout WorklistPage, _ database: Database, at date: Date, _ calendar: Calendar
  ) throws {
    let request = page.request
    let order = request.sort.columns
    func window(around place: Int, of count: Int) -> Int {
      page.count = count
      page.place = min(max(place, 0), max(count - 1, 0))
      return max(0, min(page.place - request.length / 2, count - request.length))
    }
    let studies: [Study.ID]
    var top: Study.ID?
    if request.filter.isEmpty {
      let place = try place(database, of: request.cursor, by: request.sort) ?? request.place
      page.first = window(around: place, of: page.tally.total)
      studies = try Study.ID.fetchAll(
        database, sql: "SELECT study FROM entry ORDER BY \(order) LIMIT ? OFFSET ?",
        arguments: [request.length, page.first])
      top = try Study.ID.fetchOne(
        database, sql: "SELECT study FROM entry ORDER BY \(order) LIMIT 1")
    } else {
      let filter = request.filter.condition(at: date, calendar)
      let hits = try Int64.fetchAll(
        database,
        sql: "SELECT rowid FROM entry NOT INDEXED WHERE \(filter.sql) ORDER BY \(order)",
        arguments: filter.arguments)
      let cursor = try request.cursor.flatMap {
        try Int64.fetchOne(
          database, sql: "SELECT rowid FROM entry WHERE study = ?", arguments: [$0])
      }
      let place = cursor.flatMap(hits.firstIndex) ?? request.place
      page.first = window(around: place, of: hits.count)
      top = try hits.first.flatMap {
        try Study.ID.fetchOne(
          database, sql: "SELECT study FROM entry WHERE rowid = ?", arguments: [$0])
      }
      let list = try Self.list(Array(hits.dropFirst(page.first).prefix(request.length)))
      studies = try Study.ID.fetchAll(
        database,
        sql: """
          SELECT study FROM entry WHERE rowid IN (SELECT value FROM json_each(?))
          ORDER BY \(order)
          """, arguments: [list])
    }
    page.rows = try rows(database, inOrder: studies)
    page.top = try top.flatMap { try row(database, $0) }
  }

  /// How many studies stand above one; none if it is not there.
  private func place(
    _ database: Database, of study: Study.ID?, by sort: WorklistSort
  ) throws -> Int? {
    guard let study,
      try Row.fetchOne(database, sql: "SELECT 1 FROM entry WHERE study = ?", arguments: [study])
        != nil
    else { return nil }
    return try Int.fetchOne(
      database,
      sql: """
        SELECT count(*) FROM entry
        WHERE (\(sort.columns)) < (SELECT \(sort.columns) FROM entry WHERE study = ?)
        """, arguments: [study])
  }

  private func rows(_ database: Database, inOrder studies: [Study.ID]) throws -> [WorklistRow] {
    let rows = try rows(database, of: studies).reduce(into: [:]) { $0[$1.id] = $1 }
    return studies.compactMap { rows[$0] }
  }

  private func tally(_ database: Database) throws -> WorklistTally {
    let rows = try Row.fetchCursor(
      database, sql: "SELECT class, isSigned, isSynthetic, studies FROM tally WHERE studies > 0")
    var tally = WorklistTally()
    while let row = try rows.next() {
      tally.add(
        TriageClass(rawValue: row[0]), isSigned: row[1], isSynthetic: row[2], studies: row[3])
    }
    return tally
  }
}
