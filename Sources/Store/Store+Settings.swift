import GRDB

extension Store {
  /// What was last set for a key: small texts, such as what a screen showed.
  public func value(forKey key: String) throws(StoreError) -> String? {
    try read { database in
      try String.fetchOne(
        database, sql: "SELECT value FROM setting WHERE key = ?", arguments: [key])
    }
  }

  /// All texts whose keys begin so, by the rest of their key.
  public func values(below prefix: String) throws(StoreError) -> [String: String] {
    try read { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT substr(key, length(:prefix) + 1), value FROM setting
          WHERE substr(key, 1, length(:prefix)) = :prefix
          """, arguments: ["prefix": prefix])
      return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
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

  /// Whether everything here was generated, even while nothing has come yet.
  ///
  /// A study says so by itself; a real one that came here by mistake is not covered.
  public var isSynthetic: Bool {
    get throws(StoreError) { try value(forKey: Self.synthetic) != nil }
  }

  /// Says so for good.
  public func declareSynthetic() throws(StoreError) { try set("yes", forKey: Self.synthetic) }

  private static let synthetic = "store.synthetic"
}
