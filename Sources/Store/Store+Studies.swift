import GRDB
public import Radiology

extension Store {
  public func study(_ study: Study.ID) throws(StoreError) -> Study? {
    try read { try Study.fetchOne($0, key: study) }
  }

  /// All studies, in the order of their arrival.
  public func studies() throws(StoreError) -> [Study] {
    try read { try Study.fetchAll($0, sql: "SELECT * FROM study ORDER BY arrived, uid") }
  }

  /// The patient as the images of one study name them.
  public func patient(of study: Study.ID) throws(StoreError) -> Patient? {
    try read { try Patient.fetchOne($0, key: study) }
  }

  /// The patient as the images that arrived last name them.
  public func patient(_ patient: Patient.ID) throws(StoreError) -> Patient? {
    try read { database in
      try Patient.fetchOne(
        database,
        sql: """
          SELECT patient.* FROM patient JOIN study ON study.uid = patient.study
          WHERE patient.id = ? ORDER BY study.arrived DESC LIMIT 1
          """, arguments: [patient])
    }
  }

  /// The series of a study, by number.
  public func series(of study: Study.ID) throws(StoreError) -> [Series] {
    try read { database in
      try Series.fetchAll(
        database, sql: "SELECT * FROM series WHERE study = ? ORDER BY number, uid",
        arguments: [study])
    }
  }

  /// The objects of a study, by series and number; those that cannot be read among them.
  public func instances(of study: Study.ID) throws(StoreError) -> [Instance] {
    try read { database in
      try Instance.fetchAll(
        database,
        sql: """
          SELECT instance.* FROM instance JOIN series ON series.uid = instance.series
          WHERE instance.study = ?
          ORDER BY series.number, series.uid, instance.number, instance.uid
          """, arguments: [study])
    }
  }

  public func instance(_ instance: Instance.ID) throws(StoreError) -> Instance? {
    try read { try Instance.fetchOne($0, key: instance) }
  }

  /// The studies a person may mean by what they typed.
  ///
  /// In this order, and the first that names anything counts: the whole Study Instance UID, the
  /// whole accession number, `#3` for the third row of the worklist, and at least four characters
  /// that a Study Instance UID begins or ends with.
  public func find(_ words: String) throws(StoreError) -> [Study] {
    if words.hasPrefix("#"), let place = Int(words.dropFirst()) {
      guard place > 0 else { return [] }
      try? raiseEntries()
      return try read { database in
        try Study.fetchAll(
          database,
          sql: """
            SELECT * FROM study WHERE uid = (
              SELECT study FROM entry ORDER BY \(WorklistSort.triage.columns) LIMIT 1 OFFSET ?)
            """, arguments: [place - 1])
      }
    }
    guard !words.isEmpty else { return [] }
    return try read { database in
      if let study = try Study.fetchOne(database, key: words) { return [study] }
      let called = try Study.fetchAll(
        database, sql: "SELECT * FROM study WHERE accession = ? ORDER BY arrived, uid",
        arguments: [words])
      guard called.isEmpty, words.count >= 4 else { return called }
      return try Study.fetchAll(
        database,
        sql: """
          SELECT * FROM study WHERE substr(uid, 1, length(:words)) = :words
          OR substr(uid, -length(:words)) = :words ORDER BY arrived, uid
          """, arguments: ["words": words])
    }
  }

  /// The one study that ``find(_:)`` takes the words for.
  ///
  /// - Throws: ``StoreError/notFound``, or ``StoreError/ambiguous(count:)`` if there are several.
  public func study(named words: String) throws(StoreError) -> Study {
    let studies = try find(words)
    guard studies.count < 2 else { throw .ambiguous(count: studies.count) }
    guard let study = studies.first else { throw .notFound }
    return study
  }
}
