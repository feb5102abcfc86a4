import Engine
import Foundation
import TestSupport
import Testing

@testable import Federation

@Suite("Our nodes learn from a consortium over every way there is")
struct ConsortiumContractTests {
  /// Leads two rounds with nodes that add 1 and 2, each on its own way.
  private func learns(
    _ run: ConsortiumRun, _ folders: [NodeFolder], over ways: [any FederationTransport]
  ) async throws -> Parameters {
    try await withThrowingTaskGroup(of: Parameters?.self) { group in
      for (index, (folder, way)) in zip(folders, ways).enumerated() {
        let node = FederationNode(way, folder: folder, pause: .milliseconds(5)) { _ in }
        group.addTask {
          try await node.run { message in
            guard message.heading.kind == "train" else { return .refusal(.notAllowed) }
            return try addingStep(Float(index + 1), to: message)
          }
          return nil
        }
      }
      group.addTask { try await run.lead(from: parameters([0, 1])) }
      defer { group.cancelAll() }
      while let next = try await group.next() { if let next { return next } }
      throw CancellationError()
    }
  }

  @Test("two nodes learn two rounds, and may decline to measure", arguments: Way.allCases)
  func learn(_ way: Way) async throws {
    try await withFolder { place in
      let folders = try (0..<2).map { try NodeFolder(place.appending(path: "node-\($0)")) }
      let sites = try ConsortiumSites([], in: place)
      for (index, folder) in folders.enumerated() { try sites.add("site \(index)", folder.key) }
      let told = ToldEvents()
      let run = try ConsortiumRun(in: sites.folder, plan: plan(), tell: told.note)
      let model = try await way.reach(run.coordinator, as: folders.map(\.key)) { ways in
        try await learns(run, folders, over: ways)
      }
      // (10 · 1 + 20 · 2) / 30 a round.
      for (value, expected) in zip(model.entries[0].values, [10.0 / 3, 13.0 / 3]) {
        #expect(abs(Double(value) - expected) < 1e-6)
      }
      #expect(told.measurement?.refused.map(\.reason) == ["declined (1002)", "declined (1002)"])
    }
  }

  @Test(
    "a stock node of Flower and one of ours learn two rounds, exactly",
    .enabled(if: StockFlower.isPossible, "SECONDLOOK_ORACLES has no flwr, or openssl is not there"))
  func stock() async throws {
    try await withFolder { place in
      let flower = try await StockFlower(in: place)
      let ours = try NodeFolder(place.appending(path: "node"))
      let stock = try await flower.newKey()
      let sites = try ConsortiumSites([], in: place)
      try sites.add("ours", ours.key)
      try sites.folder.changeRoster {
        try #require($0).adding(.init(name: "stock", key: try PublicNodeKey(stock.openSSH)))
      }
      let run = try ConsortiumRun(
        in: sites.folder, plan: plan(), application: try await flower.packedApplication())
      let files = flower.certificates
      let server = try FleetServer(run.coordinator, identity: (files.site, files.key))
      let model = try await serving(server) { port in
        let node = try flower.superNode(stock.file, port: port, step: 4, examples: 10)
        let address = try CoordinatorAddress(
          try #require(URL(string: "https://127.0.0.1:\(port)")), authority: files.authority)
        let way = FlowerTransport(address, key: ours.key)
        let outcome: Result<Parameters, any Error>
        do { outcome = .success(try await learns(run, [ours], over: [way])) } catch {
          outcome = .failure(error)
        }
        await way.close()
        await flower.end([node])
        return try outcome.get()
      }
      // (10 · 1 + 10 · 4) / 20 = 2.5 a round.
      #expect(model == parameters([5, 6]))
      let read = try await flower.tool(
        "python",
        [
          "-c", Self.reading, sites.folder.publicKeyFile.path, sites.folder.ledgerFile.path,
        ]
      ).outcome(within: .seconds(600))
      #expect(read.status == 0 && read.output == "3 lines\n", "\(read)")
    }
  }

  /// A ledger as somebody else's program reads it, by its description alone.
  private static let reading = """
    import base64, hashlib, json, sys
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, utils
    key = serialization.load_pem_public_key(open(sys.argv[1], "rb").read())
    before, count = "", 0
    for line in open(sys.argv[2], "rb").read().splitlines():
        entry = json.loads(line)
        assert entry["before"] == before
        signature = base64.b64decode(entry.pop("signature"))
        text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        r, s = (int.from_bytes(part, "big") for part in (signature[:32], signature[32:]))
        key.verify(utils.encode_dss_signature(r, s), text.encode(), ec.ECDSA(hashes.SHA256()))
        before, count = hashlib.sha256(line).hexdigest(), count + 1
    print(count, "lines")
    """
}
