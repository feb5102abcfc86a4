import Foundation
import Testing

@testable import Federation

@Suite("A ledger is evidence as long as every line is signed and follows from the one before")
struct LedgerTests {
  private static func entry(_ round: Int) -> LedgerEntry {
    var entry = LedgerEntry(
      kind: .train, consortium: "Chest", roster: 1, round: round, strategy: "fedavg",
      began: "2026-11-28T02:40:00Z", modelIn: "a")
    entry.answers = [.init(name: "Nörth/1", key: "SHA256:x", message: "m", examples: 3, norm: 2.5)]
    entry.refused = [.init(name: "Lake", key: "SHA256:y", reason: "no answer in time")]
    return entry
  }

  /// A ledger of three rounds, as text.
  private func written(in folder: URL, by key: CoordinatorKey) throws -> String {
    let place = folder.appending(path: "ledger.jsonl")
    for round in 1...3 {
      var ledger = try ConsortiumLedger(at: place, signedBy: key)
      try ledger.add(try ledger.line(of: Self.entry(round)))
    }
    return try String(contentsOf: place, encoding: .utf8)
  }

  @Test("a line is JSON with sorted keys and without spaces, and says who and what")
  func form() throws {
    let text = CanonicalJSON.text(Self.entry(1))
    #expect(
      text == #"{"before":"","began":"2026-11-28T02:40:00Z","consortium":"Chest","kind":"train","#
        + #""model-in":"a","model-out":null,"refused":[{"key":"SHA256:y","name":"Lake","#
        + #""reason":"no answer in time"}],"roster":1,"round":1,"strategy":"fedavg","#
        + #""updates":[{"examples":3,"key":"SHA256:x","message":"m","name":"Nörth/1","norm":2.5}]}"#
    )
  }

  @Test("whatever is changed, taken out or put in another order is found, with its line")
  func broken() async throws {
    try await withFolder { folder in
      let key = CoordinatorKey()
      let text = try written(in: folder, by: key)
      var lines = text.split(separator: "\n").map(String.init)
      #expect(try ConsortiumLedger.verified(Data(text.utf8), by: key.publicKey) == lines)
      lines.swapAt(1, 2)
      for (forgery, line) in [
        (text.replacing("\"round\":2", with: "\"round\":4"), 2), (lines.joined(separator: "\n"), 2),
        (text.replacing("2.5", with: "2.50"), 1), ("{}\n" + text, 1),
      ] {
        let error = #expect(throws: ConsortiumError.self) {
          try ConsortiumLedger.verified(Data((forgery + "\n").utf8), by: key.publicKey)
        }
        guard case .ledgerBroken(line, _)? = error else {
          Issue.record("\(line): \(String(describing: error))")
          continue
        }
      }
      #expect(throws: ConsortiumError.self) {
        try ConsortiumLedger.verified(Data(text.utf8), by: CoordinatorKey().publicKey)
      }
    }
  }

  @Test("a line that was cut when the power went is forgotten, and the next follows from the last")
  func cut() async throws {
    try await withFolder { folder in
      let key = CoordinatorKey()
      let whole = try written(in: folder, by: key)
      let place = folder.appending(path: "ledger.jsonl")
      try Data((whole + #"{"before":"#).utf8).write(to: place)
      var ledger = try ConsortiumLedger(at: place, signedBy: key)
      let line = try ledger.line(of: Self.entry(4))
      try ledger.add(line)
      try ledger.add(line)
      #expect(try String(contentsOf: place, encoding: .utf8) == whole + line + "\n")
    }
  }
}
