import Foundation
import Testing

@testable import Federation

@Suite("A roster that changes while rounds are led counts from the next round")
struct RosterChangeTests {
  private static func rosterFile(of folder: ConsortiumFolder) -> URL {
    folder.place.appending(path: "roster.json")
  }

  private static func member(_ name: String, _ key: NodeKey) throws -> ConsortiumRoster.Member {
    ConsortiumRoster.Member(name: name, key: try PublicNodeKey(key.publicPEM))
  }

  /// A site that comes as soon as it is let in, and comes again whenever it was shut out.
  private static func takePart(_ key: NodeKey, in run: ConsortiumRun) async throws {
    while true {
      do {
        try await RawSite(key, at: run.coordinator).takePart { try honest(1, to: $0) }
      } catch FleetError.unknownKey { try await Task.sleep(for: .milliseconds(5)) }
    }
  }

  /// Leads rounds of the owners of these keys; all of them try to take part from the beginning.
  private static func lead(_ run: ConsortiumRun, _ keys: [NodeKey]) async throws {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for key in keys {
        group.addTask {
          try await takePart(key, in: run)
          return false
        }
      }
      group.addTask {
        _ = try await run.lead(from: parameters([0, 1]))
        return true
      }
      defer { group.cancelAll() }
      while let isOver = try await group.next(), !isOver {}
    }
  }

  private static func expectShutOut(_ key: NodeKey, of run: ConsortiumRun) async {
    await #expect(throws: FleetError.unknownKey(server: "this machine")) {
      try await LocalTransport(run.coordinator, key: key).activate(resuming: nil)
    }
  }

  @Test("whoever is taken off is refused, whoever is put on is asked, and both is said")
  func changed() async throws {
    try await withFolder { place in
      let sites = try ConsortiumSites(["North", "Gone"], in: place)
      let new = NodeKey()
      let told = ToldEvents()
      let run = try ConsortiumRun(
        in: sites.folder, plan: plan(rounds: 2),
        tell: { event in
          told.note(event)
          guard case .ended(let round) = event, round.round == 1 else { return }
          do {
            try sites.folder.changeRoster { try #require($0).removing("Gone") }
            try sites.folder.changeRoster { try #require($0).adding(Self.member("New", new)) }
          } catch { Issue.record(error) }
        })
      try await Self.lead(run, sites.keys.map(\.key) + [new])
      #expect(
        told.rounds.map { $0.contributions.map(\.site) } == [["North", "Gone"], ["North", "New"]])
      #expect(told.all.contains(.rosterChanged(number: 4, joined: ["New"], gone: ["Gone"])))
      let ledger = try ConsortiumLedger(at: sites.folder.ledgerFile, signedBy: sites.folder.key)
      for (line, number) in zip(ledger.lines, [2, 4, 4]) {
        #expect(line.contains("\"roster\":\(number),"))
      }
      await Self.expectShutOut(sites.keys[1].key, of: run)
    }
  }

  @Test("a round that waits for a site takes one that is put on the roster meanwhile")
  func whileWaiting() async throws {
    try await withFolder { place in
      let sites = try ConsortiumSites(["North", "Absent"], in: place)
      let new = NodeKey()
      let told = ToldEvents()
      let run = try ConsortiumRun(
        in: sites.folder, plan: plan(rounds: 1),
        tell: { event in
          told.note(event)
          guard case .waiting(_, ["North"], _) = event else { return }
          do {
            try sites.folder.changeRoster { try #require($0).adding(Self.member("New", new)) }
          } catch { Issue.record(error) }
        })
      try await Self.lead(run, [sites.keys[0].key, new])
      #expect(told.rounds.map { $0.contributions.map(\.site) } == [["North", "New"]])
    }
  }

  /// What somebody may leave in the roster's place, given what is there.
  enum Damage: String, CaseIterable, Sendable {
    case another, cut, gone, older

    func text(of signed: String, older: String, stranger: NodeKey) throws -> String? {
      switch self {
      // A stranger's key in the place of a partner's, under the signature that was there.
      case .another:
        let key = CanonicalJSON.text(stranger.publicPEM).dropFirst().dropLast()
        let file = try JSONDecoder().decode(RosterFile.self, from: Data(signed.utf8))
        let theirs = CanonicalJSON.text(try #require(file.roster.members.last).key)
        return signed.replacing(theirs.dropFirst().dropLast(), with: key)
          .replacing(#""number":3"#, with: #""number":9"#)
      case .cut: return String(signed.dropLast(40))
      case .gone: return nil
      case .older: return older
      }
    }

    private struct RosterFile: Decodable { let roster: ConsortiumRoster }
  }

  @Test(
    "a roster that cannot be believed lets nobody in, is told once and ends nothing",
    arguments: Damage.allCases)
  func damaged(_ damage: Damage) async throws {
    try await withFolder { place in
      let sites = try ConsortiumSites(["North", "Lakeside"], in: place)
      let older = try String(contentsOf: Self.rosterFile(of: sites.folder), encoding: .utf8)
      try sites.add("South", NodeKey())
      let whole = try String(contentsOf: Self.rosterFile(of: sites.folder), encoding: .utf8)
      let stranger = NodeKey()
      let text = try damage.text(of: whole, older: older, stranger: stranger)
      #expect(text != whole)
      let told = ToldEvents()
      let run = try ConsortiumRun(
        in: sites.folder, plan: plan(rounds: 3),
        tell: { event in
          told.note(event)
          guard case .ended(let round) = event, round.round == 1 else { return }
          do {
            try FileManager.default.removeItem(at: Self.rosterFile(of: sites.folder))
            try text.map { try Data($0.utf8).write(to: Self.rosterFile(of: sites.folder)) }
          } catch { Issue.record(error) }
        })
      try await Self.lead(run, sites.keys.map(\.key) + [stranger])
      #expect(
        told.rounds.map { $0.contributions.map(\.site) }
          == Array(
            repeating: ["North", "Lakeside"], count: 3))
      let kept = told.all.filter { if case .rosterKept = $0 { true } else { false } }
      #expect(kept.count == 1)
      guard case .rosterKept(3, _)? = kept.first else {
        Issue.record("\(kept)")
        return
      }
      await Self.expectShutOut(stranger, of: run)
      let ledger = try ConsortiumLedger(at: sites.folder.ledgerFile, signedBy: sites.folder.key)
      #expect(ledger.lines.allSatisfy { $0.contains("\"roster\":3,") })
    }
  }

  @Test("a roster that was mended counts again")
  func mended() async throws {
    try await withFolder { place in
      let sites = try ConsortiumSites(["North", "Lakeside"], in: place)
      let follows = try FollowedRoster(of: sites.folder)
      let file = Self.rosterFile(of: sites.folder)
      let whole = try Data(contentsOf: file)
      try Data("{".utf8).write(to: file)
      guard case .unusable = follows.look(), case .same = follows.look() else {
        Issue.record("it is told once")
        return
      }
      try whole.write(to: file)
      try sites.add("South", NodeKey())
      guard case .changed(_, let now) = follows.look() else {
        Issue.record("a newer one counts")
        return
      }
      #expect(now.members.map(\.name) == ["North", "Lakeside", "South"])
    }
  }
}
