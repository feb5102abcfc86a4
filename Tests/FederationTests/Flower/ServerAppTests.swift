import Foundation
import TestSupport
import Testing

@testable import Federation

@Suite(
  "The coordinator's application believes no update that it should not",
  .enabled(if: StockFlower.isPossible, "SECONDLOOK_ORACLES has no flwr"))
struct ServerAppTests {
  private func python(_ arguments: [String]) async throws -> Outcome {
    try await Tool(
      executable: StockFlower.venv.appending(path: "bin/python"), arguments: arguments,
      environment: [
        "PYTHONPATH": StockFlower.shipped.path, "PYTHONDONTWRITEBYTECODE": "1",
        "FLWR_TELEMETRY_ENABLED": "0",
      ]
    ).outcome(within: .seconds(300))
  }

  @Test("its rounds hold against slow, silent and lying sites, and go on where they stopped")
  func rounds() async throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "ServerApp").path
    let outcome = try await python(["-m", "unittest", "discover", "-s", tests])
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains(/Ran [1-9]\d* tests/))
  }

  /// Two rounds in a ledger, as the application writes them.
  private static let ledger = """
    import sys
    from pathlib import Path
    from secondlook_federation.ledger import Ledger
    from secondlook_federation.signing import CoordinatorKey
    folder = Path(sys.argv[1])
    for number in 1, 2:
        ledger = Ledger(folder / "ledger.jsonl", CoordinatorKey(folder))
        update = {"node": "7", "message": f"m{number}", "examples": 30, "norm": 1e-7 * number}
        ledger.add({"kind": "train", "round": number, "strategy": "Nörth/1", "updates": [update],
                    "sites": {"7": {"name": "Nörth “1”"}}, "model-out": None})
    """

  @Test("what it signs is what our own coordinator would sign, and each reads the other's")
  func signed() async throws {
    try await withFolder { folder in
      let (north, south) = (NodeKey(), NodeKey())
      func roster(_ words: String...) async throws -> String {
        let outcome = try await python(
          ["-m", "secondlook_federation.roster", folder.path] + words)
        #expect(outcome.status == 0, "\(outcome)")
        return outcome.output
      }
      #expect(
        try await roster("add", "Nörth “1”/é", north.publicOpenSSH).contains(north.fingerprint))
      let written = try await python(["-c", Self.ledger, folder.path])
      try #require(written.status == 0, "\(written)")

      let ours = try ConsortiumFolder(folder)
      #expect(try ours.roster().roster.members.map(\.name) == ["Nörth “1”/é"])
      #expect(try ours.roster().roster.members.map(\.key) == [north.publicPEM])
      let text = try Data(contentsOf: ours.ledgerFile)
      let reading = try LedgerReading(text, signedBy: ours.key.publicKey)
      #expect(reading.updates.map(\.message) == ["m1", "m2"])
      let forged = String(decoding: text, as: UTF8.self).replacing(
        "\"examples\":30", with: "\"examples\":31")
      #expect(throws: ConsortiumError.self) {
        try LedgerReading(Data(forged.utf8), signedBy: ours.key.publicKey)
      }
      let stated = try String(contentsOf: ours.publicKeyFile, encoding: .utf8)
      #expect(stated == ours.key.publicPEM)

      try ours.changeRoster {
        try #require($0).adding(.init(name: "South", key: PublicNodeKey(south.publicPEM)))
      }
      let shown = try await roster("show")
      #expect(shown.contains("roster 2") && shown.contains(south.fingerprint), "\(shown)")
      #expect(shown.contains(try ours.roster().roster.coordinator.digest))
    }
  }

  @Test("a folder of our own coordinator's is one of the application's, key and roster")
  func taken() async throws {
    try await withFolder { folder in
      let sites = try ConsortiumSites(["North", "Lakeside"], in: folder)
      let shown = try await python(
        ["-m", "secondlook_federation.roster", sites.folder.place.path, "show"])
      #expect(shown.status == 0, "\(shown)")
      for (name, key) in sites.keys {
        #expect(shown.output.contains("\(name)\t\(key.fingerprint)"), "\(shown)")
      }
    }
  }
}
