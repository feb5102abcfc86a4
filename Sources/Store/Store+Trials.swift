public import Foundation
import GRDB
public import Radiology

// How candidates did beside the model that sorts the worklist.
extension Store {
  /// Keeps how a candidate did, in place of an earlier trial; one that failed is rejected.
  ///
  /// Of a model that is no candidate any more nothing is kept.
  /// - Throws: ``StoreError/notFound``.
  public func save(_ trial: ModelTrial) throws(StoreError) {
    try write { database in
      guard let model = try ModelVersion.fetchOne(database, key: trial.model) else {
        throw StoreError.notFound
      }
      guard model.state == .candidate else { return }
      try database.insert(trial, or: .replace)
      try append(
        database, .modelTried, "gate", nil,
        "Model \(model.shortID) beside \(trial.against.prefix(12)): \(trial.verdict.rawValue)"
          + (trial.onlyReason.map { ". \($0)" } ?? ""), trial.made)
      if trial.verdict == .failed { try reject(database, model, by: "gate", at: trial.made) }
    }
  }

  public func trial(of model: ModelVersion.ID) throws(StoreError) -> ModelTrial? {
    try read { try ModelTrial.fetchOne($0, key: model) }
  }

  /// All trials, by their model.
  public func trials() throws(StoreError) -> [ModelVersion.ID: ModelTrial] {
    let all = try read { try ModelTrial.fetchAll($0, sql: "SELECT * FROM trial") }
    return Dictionary(uniqueKeysWithValues: all.map { ($0.model, $0) })
  }

  /// Makes a candidate the active model that passed its trial beside the one that is active now, or
  /// that somebody wants all the same.
  ///
  /// Where none is active there is nothing to try it beside. A retired model comes back untried: it
  /// has sorted the worklist before.
  /// - Throws: ``StoreError/notPassed(_:)``, and what ``promote(_:by:at:)`` does.
  public func promote(
    _ model: ModelVersion.ID, despite reason: String?, by actor: String, at date: Date
  ) throws(StoreError) {
    try write { database in
      guard let version = try ModelVersion.fetchOne(database, key: model) else {
        throw StoreError.notFound
      }
      if let reason {
        guard !reason.allSatisfy(\.isWhitespace) else { throw StoreError.noReason }
        try append(
          database, .modelTried, actor, nil,
          "Model \(version.shortID) is wanted without a passed trial: \(reason)", date)
      } else if version.state == .candidate, let active = try activeModel(database) {
        let trial = try ModelTrial.fetchOne(database, key: model)
        guard let trial, trial.against == active.id else { throw StoreError.notPassed(nil) }
        guard trial.verdict == .passed else { throw StoreError.notPassed(trial.verdict) }
      }
      try promote(database, model, by: actor, at: date)
    }
  }
}

// What models say of studies that did not sort them.
extension Store {
  /// Studies the active model judged since a moment and another model has not looked at, the newest
  /// first.
  public func unshadowed(
    by model: ModelVersion.ID, since: Date, limit: Int
  ) throws(StoreError) -> [Study] {
    try read { database in
      try Study.fetchAll(
        database,
        sql: """
          SELECT study.* FROM study JOIN triage ON triage.number =
            (SELECT max(number) FROM triage AS each WHERE each.study = study.uid)
          JOIN model ON model.id = triage.model AND model.state = 'active'
          WHERE study.arrived >= :since AND triage.probability IS NOT NULL AND NOT EXISTS
            (SELECT 1 FROM shadow WHERE shadow.study = study.uid AND shadow.model = :model)
          ORDER BY study.arrived DESC, study.uid LIMIT :limit
          """,
        arguments: [
          "model": model, "since": since.timeIntervalSinceReferenceDate, "limit": limit,
        ])
    }
  }

  /// Of the studies that both the active model and another one judged: how many, and how many each
  /// calls suspicious.
  public func alarms(
    of model: ModelVersion.ID
  ) throws(StoreError) -> (studies: Int, candidate: Int, active: Int) {
    try read { database in
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT count(*), count(CASE WHEN shadow.triageClass = 'suspicious' THEN 1 END),
            count(CASE WHEN triage.triageClass = 'suspicious' THEN 1 END)
          FROM shadow JOIN triage ON triage.number =
            (SELECT max(number) FROM triage AS each WHERE each.study = shadow.study)
          JOIN model ON model.id = triage.model AND model.state = 'active'
          WHERE shadow.model = ? AND shadow.probability IS NOT NULL
            AND triage.probability IS NOT NULL
          """, arguments: [model])
      return (row?[0] ?? 0, row?[1] ?? 0, row?[2] ?? 0)
    }
  }

  /// Keeps what a model says that does not sort the worklist: it is shown beside no study.
  public func save(_ reading: ShadowReading) throws(StoreError) {
    try write { try $0.insert(reading, or: .replace) }
  }

  /// Studies that were signed *normal* within a span of time and that a model has never looked at,
  /// the latest signature first.
  public func unlookedBack(
    by model: ModelVersion.ID, signed span: Range<Date>, limit: Int
  ) throws(StoreError) -> [Study] {
    try read { database in
      try Study.fetchAll(
        database,
        sql: """
          SELECT study.* FROM study JOIN report ON report.study = study.uid
            AND report.version = (SELECT max(version) FROM report AS each
              WHERE each.study = study.uid AND each.version > 0)
          JOIN review ON review.study = study.uid AND review.version = report.version
          WHERE review.call = 'normal' AND report.signed >= :from AND report.signed < :until
          AND NOT EXISTS
            (SELECT 1 FROM shadow WHERE shadow.study = study.uid AND shadow.model = :model)
          AND NOT EXISTS
            (SELECT 1 FROM triage WHERE triage.study = study.uid AND triage.model = :model)
          ORDER BY report.signed DESC, study.uid LIMIT :limit
          """,
        arguments: [
          "model": model, "from": span.lowerBound.timeIntervalSinceReferenceDate,
          "until": span.upperBound.timeIntervalSinceReferenceDate, "limit": limit,
        ])
    }
  }

  /// Keeps what a model says of a study that was signed *normal* before it was promoted; what it
  /// finds suspicious waits for a second look.
  ///
  /// What somebody has looked at for the same reason already is not asked again.
  public func saveLookBack(_ reading: ShadowReading) throws(StoreError) {
    try write { database in
      try database.insert(reading, or: .replace)
      if reading.triageClass == .suspicious { try queueNewerModel(database, reading) }
    }
  }
}

extension ModelTrial {
  /// Why it failed, where nothing else was looked at.
  fileprivate var onlyReason: String? {
    verdict == .failed && checks.count == 1 ? checks[0].reason : nil
  }
}
