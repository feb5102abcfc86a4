import GRDB
public import Radiology

extension Store {
  /// Remembers a round; the same round again takes the place of what was remembered of it.
  public func save(_ round: Round) throws(StoreError) {
    try write { database in
      try database.insert(round, or: .replace)
      let taken = round.contributions.count { $0.refusal == nil }
      try append(
        database, .roundEnded, "sync", nil,
        "Round \(round.number): \(taken) of \(round.contributions.count) updates taken, "
          + (round.modelOut.map { "model \($0.prefix(12))" } ?? "no model"), round.ended)
    }
  }

  /// All rounds in the order they began.
  public func rounds() throws(StoreError) -> [Round] {
    try read { try Round.fetchAll($0, sql: "SELECT * FROM round ORDER BY started, number") }
  }
}
