import Engine
import Foundation
import Radiology
import Store
import TestSupport
import Testing

@testable import Agent
@testable import Federation

@Suite(
  "Sites in a federation of stock Flower 1.41", .timeLimit(.minutes(30)),
  .enabled(if: StockFlower.isPossible, "SECONDLOOK_ORACLES has no flwr, or openssl is not there"))
struct StockFederationTests {
  /// A line of the ledger that the shipped application writes.
  private struct Line: Decodable {
    let kind: String
    let updates: [Update]?
    let measured: [Measured]?
    let refused: [String: String]
    let sites: [String: Named]

    struct Named: Decodable {
      let name: String
    }
    struct Update: Decodable {
      let node: String
      let message: String
      let examples: Int
      let norm: Double
    }
    struct Measured: Decodable {
      let node: String
    }
  }

  private static let (step, examples) = (0.001, 10)
  private static let names = ["North", "Lakeside", "South", "Stock"]

  @Test("three of our agents in few bits and a stock node in floats learn together, and all count")
  func mixed() async throws {
    var sites: [SiteProgram] = []
    defer { for site in sites { site.clean() } }
    // Each of other lessons than the others.
    for lessons in [12, 16, 20] {
      sites.append(try SiteProgram(await JoinedSite(train: lessons)))
    }
    let folder = sites[0].site.chests.home.appending(path: "flower")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let flower = try await StockFlower(in: folder)
    let (link, port) = try await flower.superLink()
    var others = [link]
    let end: Result<[Line], any Error>
    do {
      let stock = try await flower.newKey()
      try await flower.register(stock.openSSH)
      others.append(
        try flower.superNode(
          stock.file, port: port, step: Self.step, examples: Self.examples))
      var keys: [String] = []
      for site in sites { keys.append(try await join(site, port, of: flower)) }
      end = .success(try await learn(sites, with: keys + [stock.openSSH], led: flower))
    } catch {
      end = .failure(error)
      for other in others { Issue.record("\(other.output.suffix(3000))") }
    }
    await flower.end(others)
    try await check(end.get(), at: sites, flower)
  }

  /// Joins as an admin does: the coordinator is given the line that the site shows.
  private func join(
    _ site: SiteProgram, _ port: Int, of flower: StockFlower
  ) async throws -> String {
    let joined = try await site.run(
      "join", "https://127.0.0.1:\(port)", "--authority", flower.certificates.authority.path,
      "--as", "Ada")
    try #require(joined.status == 0, "\(joined)")
    #expect(joined.output.contains("does not know this site"))
    let line = try #require(try #/ecdsa-sha2-nistp384 \S+/#.firstMatch(in: joined.output))
    try await flower.register(String(line.output))
    return String(line.output)
  }

  /// Leads two rounds of what SecondLook ships, in which the stock node takes part too.
  private func learn(
    _ sites: [SiteProgram], with keys: [String], led flower: StockFlower
  ) async throws -> [Line] {
    let state = flower.folder.appending(path: "state")
    let model = try #require(try sites[0].site.store.activeModel())
    try await flower.writeInitialModel(
      from: sites[0].site.home.appending(path: "models/\(model.id)/weights"), in: state)
    for (name, key) in zip(Self.names.dropLast(), keys) {
      try await flower.putOnRoster(name, key, in: state)
    }
    // Its files are those of our own coordinator.
    try await Tool(
      executable: Program.executable,
      arguments: ["federation", "roster", "add", "Stock", keys[3], "--folder", state.path]
    ).success()
    try await flower.flwr(
      "run", try flower.shippedWithSteps().path, "test", "--run-config",
      "state='\(state.path)' rounds=2 steps=3 batch=4 quorum=4 longest-change=1e9 update-bits=8")
    var lines: [Line] = []
    try await withAgents(sites) {
      for site in sites {
        try await eventually { try !site.site.store.tasks().isEmpty }
        let partners = try site.site.store.tasks()[0].partners
        #expect(partners.map { String($0.prefix { $0 != " " }) } == Self.names)
        let approved = try await site.run("approve", "--yes", "--as", "Ada")
        #expect(approved.status == 0, "\(approved)")
      }
      try await eventually {
        lines = try ledger(of: flower)
        return lines.contains { $0.kind == "evaluate" }
      }
      // The last model is a candidate before its judgement leaves, and taken is told after.
      for site in sites {
        try await eventually { try site.site.store.releases().allSatisfy { $0.taken != nil } }
      }
    }
    return lines
  }

  private func withAgents(
    _ sites: [SiteProgram], _ body: () async throws -> Void
  ) async throws {
    guard let site = sites.first else { return try await body() }
    try await site.withAgent { try await withAgents(Array(sites.dropFirst()), body) }
  }

  /// The whole lines that are there.
  private func ledger(of flower: StockFlower) throws -> [Line] {
    guard let bytes = try? Data(contentsOf: ledgerFile(of: flower)),
      let end = bytes.lastIndex(of: UInt8(ascii: "\n"))
    else { return [] }
    return try bytes[..<end].split(separator: UInt8(ascii: "\n")).map {
      try JSONDecoder().decode(Line.self, from: $0)
    }
  }

  /// A key that signed nothing here.
  private func strangersKey(_ flower: StockFlower) throws -> URL {
    let file = flower.folder.appending(path: "stranger.pub")
    try Data(CoordinatorKey().publicPEM.utf8).write(to: file)
    return file
  }

  private func ledgerFile(of flower: StockFlower) -> URL {
    flower.folder.appending(path: "state/ledger.jsonl")
  }

  private func check(
    _ lines: [Line], at sites: [SiteProgram], _ flower: StockFlower
  ) async throws {
    let rounds = lines.filter { $0.kind == "train" }
    #expect(rounds.count == 2 && lines.count == 3)
    let count = try JoinedSite.fresh().count
    for round in rounds {
      #expect(round.refused.isEmpty)
      #expect(round.sites.values.map(\.name).sorted() == Self.names.sorted())
      let updates = try #require(round.updates)
      #expect(Set(updates.map(\.node)).count == 4)
      // Three steps of four images each at ours.
      #expect(updates.map(\.examples).sorted() == [10, 12, 12, 12])
      let stock = try #require(updates.first { $0.examples == Self.examples })
      let length = Self.step * Double(count).squareRoot()
      #expect(abs(stock.norm - length) < 1e-3 * length)
      #expect(Set(updates.map(\.norm)).count == 4)
    }
    let last = try #require(lines.last)
    #expect(last.measured?.count == 3 && last.refused.count == 1)
    let key = flower.folder.appending(path: "state/coordinator.pem")
    for (site, name) in zip(sites, Self.names) {
      #expect(try site.site.store.siteNames() == [name])
      #expect(try site.site.store.rounds().allSatisfy { $0.contributions.map(\.site) == [name] })
      let audit = try await site.run("audit", ledgerFile(of: flower).path)
      #expect(audit.status == 0, "\(audit)")
      #expect(
        audit.output.contains("2 of 2 updates that left this site are in it; 6 are of others."),
        "\(audit)")
      let verified = try await site.verifyAudit(beside: ledgerFile(of: flower), signedBy: key)
      #expect(verified.output.contains("and is signed"), "\(verified)")
      #expect(
        try await site.verifyAudit(beside: ledgerFile(of: flower), signedBy: strangersKey(flower))
          .status != 0)
      #expect(verified.status == 0 && verified.output.contains("none changed, none missing"))
      #expect(verified.output.contains("2 of 2 updates"))
      // The second round's model came as a change of the first's, and both are kept.
      let kept = site.site.home.appending(path: "federation/node/received")
      let files = FileManager.default.enumerator(atPath: kept.path)?.compactMap { $0 as? String }
      #expect(files?.count { $0.hasSuffix(".weights") } == 2)
      // The one it began with, and the one that all four made.
      #expect(try site.site.store.models().count == 2)
    }
  }
}
