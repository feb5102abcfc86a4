import GRDB

extension Store {
  /// What was last set for a key: small texts, such as what a screen showed.
  public func value(forKey key: String) throws(StoreError) -> String? {
    try read { database in
      try String.fetchOne(
        database, sql: "SELECT value FROM setting WHERE key = ?", arguments: [key])
    }
  }

  /// Sets a text for a key; none forgets it.
  public func set(_ value: String?, forKey key: String) throws(StoreError) {
    try write { database in
      if let value {
        try database.execute(
          sql: "INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)",
          arguments: [key, value])
      } else {
        try database.execute(sql: "DELETE FROM setting WHERE key = ?", arguments: [key])
      }
    }
  }
}
