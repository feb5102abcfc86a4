import GRDB

extension Store {
  /// How often each kind of event is in the log.
  public func auditCounts() throws(StoreError) -> [String: Int] {
    try counts("SELECT kind, count(*) FROM audit GROUP BY kind")
  }

  /// How many images were refused for each reason.
  public func refusalCounts() throws(StoreError) -> [String: Int] {
    try counts(
      "SELECT refusal, count(*) FROM instance WHERE refusal IS NOT NULL GROUP BY refusal")
  }

  private func counts(_ sql: String) throws(StoreError) -> [String: Int] {
    try read { database in
      try Row.fetchAll(database, sql: sql).reduce(into: [:]) { $0[$1[0]] = $1[1] as Int }
    }
  }
}
