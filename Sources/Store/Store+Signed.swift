import GRDB
public import Radiology

extension Store {
  /// The objects of a study that were here when it was signed last; none if it never was.
  ///
  /// An object stored before arrivals were noted counts as one of them.
  public func signedInstances(of study: Study.ID) throws(StoreError) -> [Instance] {
    try read { database in
      try Instance.fetchAll(
        database,
        sql: """
          SELECT instance.* FROM instance JOIN study ON study.uid = instance.study
          WHERE study.uid = :study AND (\(Self.seen)) AND EXISTS
            (SELECT 1 FROM report WHERE report.study = :study AND report.version > 0)
          ORDER BY instance.uid
          """, arguments: ["study": study])
    }
  }

  /// Whether an `instance` of a `study` did not come after the newest signature.
  static let seen = """
    coalesce(instance.stored <= (SELECT max(signed) FROM report
      WHERE report.study = study.uid AND report.version > 0), 1)
    """
}
