import GRDB
public import Radiology

// How readers called what a model had scored: kept beside the worklist's entries and counted as it
// changes, so that no screen counts a million signed studies.
extension Store {
  /// What the site's signed reads say of a study's probability; none with too few of them.
  public func predictiveValue(of row: WorklistRow) throws(StoreError) -> PredictiveValue? {
    try scores(of: [row]).predictiveValue(of: row)
  }

  /// How studies were called that the models of some others had scored.
  public func scores(of rows: [WorklistRow]) throws(StoreError) -> ScoreTally {
    try read { try scores($0, of: rows) }
  }

  /// The reads of the models that judged some studies.
  func scores(_ database: Database, of rows: [WorklistRow]) throws -> ScoreTally {
    let models = Set(rows.compactMap(\.triage?.model))
    var tally = ScoreTally()
    guard !models.isEmpty else { return tally }
    let found = try Row.fetchCursor(
      database,
      sql: """
        SELECT studies, model, isSynthetic, hundredth, isSuspicious FROM scoreTally
        WHERE model IN (SELECT value FROM json_each(?)) AND studies > 0
        """, arguments: [try Self.list(models.sorted())])
    while let row = try found.next() {
      tally.add(
        row[0], model: row[1], isSynthetic: row[2], hundredth: row[3], isSuspicious: row[4])
    }
    return tally
  }

  /// Works out anew how some studies were scored and called; `list` is a JSON array of them.
  func bringScoresUpToDate(_ database: Database, of list: String) throws {
    let these = "IN (SELECT value FROM json_each(?))"
    try database.execute(sql: "DELETE FROM score WHERE study \(these)", arguments: [list])
    try database.execute(
      sql: "INSERT INTO score \(Self.scored) AND study.uid \(these)", arguments: [list])
  }

  /// Signed studies that a model had judged, by the call of the newest signature.
  private static let scored = """
    SELECT study.uid, triage.model, study.isSynthetic,
      CAST(triage.probability * 100 + 1e-9 AS INTEGER), review.call = 'suspicious'
    FROM study
    JOIN triage ON triage.number =
      (SELECT max(number) FROM triage AS each WHERE each.study = study.uid)
    JOIN review ON review.study = study.uid AND review.version =
      (SELECT max(version) FROM review AS each WHERE each.study = study.uid)
    WHERE review.version > 0 AND review.call IS NOT NULL AND triage.model IS NOT NULL
      AND triage.probability IS NOT NULL
    """

  static let scoring = """
    CREATE TABLE score (
      study TEXT NOT NULL PRIMARY KEY REFERENCES study, model TEXT NOT NULL,
      isSynthetic INTEGER NOT NULL, hundredth INTEGER NOT NULL, isSuspicious INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE scoreTally (
      model TEXT NOT NULL, isSynthetic INTEGER NOT NULL, hundredth INTEGER NOT NULL,
      isSuspicious INTEGER NOT NULL, studies INTEGER NOT NULL,
      PRIMARY KEY (model, isSynthetic, hundredth, isSuspicious)
    ) STRICT;
    CREATE TRIGGER score_counted AFTER INSERT ON score BEGIN
      INSERT INTO scoreTally
        VALUES (NEW.model, NEW.isSynthetic, NEW.hundredth, NEW.isSuspicious, 1)
        ON CONFLICT DO UPDATE SET studies = studies + 1; END;
    CREATE TRIGGER score_discounted AFTER DELETE ON score BEGIN
      UPDATE scoreTally SET studies = studies - 1
        WHERE (model, isSynthetic, hundredth, isSuspicious) =
          (OLD.model, OLD.isSynthetic, OLD.hundredth, OLD.isSuspicious); END;
    INSERT INTO score \(scored);

    """
}
