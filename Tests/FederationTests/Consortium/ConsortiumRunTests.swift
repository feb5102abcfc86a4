import Engine
import Foundation
import Synchronization
import Testing

@testable import Federation

@Suite("A consortium is led by one program")
struct ConsortiumRunTests {
  private static func step(_ name: String) -> Float { name == "North" ? 1 : 3 }

  @Test("two sites learn two rounds, are asked as agreed, and measure the last model")
  func leads() async throws {
    try await withFolder { place in
      let sites = try ConsortiumSites(["North", "Lakeside"], in: place)
      let told = ToldEvents()
      let asked = Mutex<[FleetMessage]>([])
      let run = try ConsortiumRun(
        in: sites.folder, plan: plan(privacy: ConsortiumPlan.Privacy(clip: 9)), tell: told.note)
      let model = try await sites.lead(run) { name, message in
        if name == "North" { asked.withLock { $0.append(message) } }
        return try honest(Self.step(name), to: message)
      }
      // (10 · 1 + 30 · 3) / 40 = 2.5 a round.
      #expect(model == parameters([5, 6]))
      #expect(told.rounds.map { $0.contributions.map(\.examples) } == [[10, 30], [10, 30]])
      #expect(told.measurement?.findings.map(\.loss) == [1, 3])
      try checkInstructions(asked.withLock { $0 }, of: sites)
    }
  }

  private func checkInstructions(_ asked: [FleetMessage], of sites: ConsortiumSites) throws {
    #expect(asked.map(\.heading.kind) == ["train", "train", "evaluate"])
    #expect(asked.allSatisfy { $0.heading.group.isEmpty })
    let keys = [
      "batch", "clip", "learning-rate", "proximal-mu", "roster", "roster-signature", "rounds",
      "seed", "server-round", "steps",
    ]
    for (index, message) in asked.enumerated() {
      guard case .configuration(let values)? = message["config"] else {
        Issue.record("no config")
        continue
      }
      #expect(values.map(\.name).sorted() == (index == 2 ? (keys + ["final"]).sorted() : keys))
      #expect(message["config"]?.value("server-round") == .integer(Int64(min(index + 1, 2))))
    }
    #expect(asked.last?["config"]?.value("final") == .bool(true))
    guard case .text(let text)? = asked[0]["config"]?.value("roster"),
      case .text(let signature)? = asked[0]["config"]?.value("roster-signature")
    else { throw ConsortiumError.rosterUnsigned }
    let roster = try SignedRoster(
      text: text, signature: signature, by: sites.folder.key.publicKey, notBefore: 2,
      naming: sites.keys[0].key.publicPEM)
    #expect(roster.roster.members.map(\.name) == ["North", "Lakeside"])
  }

  @Test("the ledger names what each site sent by the name that the site knows")
  func ledger() async throws {
    try await withFolder { place in
      let sites = try ConsortiumSites(["North", "Lakeside"], in: place)
      let run = try ConsortiumRun(in: sites.folder, plan: plan(rounds: 1))
      _ = try await sites.lead(run) { try honest(Self.step($0), to: $1) }
      let lines = try ConsortiumLedger.verified(
        try Data(contentsOf: sites.folder.ledgerFile), by: sites.folder.key.publicKey)
      #expect(lines.count == 2)
      let fingerprint = try PublicNodeKey(sites.keys[0].key.publicPEM).fingerprint
      #expect(lines[0].contains(#""examples":10,"key":"\#(fingerprint)","message":""#))
      #expect(lines[0].contains(#""kind":"train","model-in":"\#(parameters([0, 1]).digest)""#))
      #expect(lines[1].contains(#""kind":"evaluate""#))
    }
  }

  @Test("a liar sits out its quarantine while the others go on, and is heard again after it")
  func liar() async throws {
    try await withFolder { place in
      let sites = try ConsortiumSites(["North", "Lakeside", "Liar"], in: place)
      let told = ToldEvents()
      let run = try ConsortiumRun(
        in: sites.folder, plan: plan(rounds: 4, quarantine: 2), tell: told.note)
      let model = try await sites.lead(run) { name, message in
        guard name == "Liar", message["config"]?.value("server-round") == .integer(1) else {
          return try honest(Self.step(name), to: message)
        }
        return .records([
          ("arrays", .arrays([("weight", try FleetArray([.nan, 0], shape: [2]))])),
          ("metrics", .metrics([("num-examples", .integer(10))])),
        ])
      }
      #expect(told.rounds.map(\.contributions.count) == [2, 2, 2, 3])
      #expect(
        told.rounds.map(\.refused) == [
          [RefusedSite(site: "Liar", reason: "values of weight that are no numbers")], [], [], [],
        ])
      // Three rounds of 2.5, then (10 · 1 + 30 · 3 + 30 · 3) / 70.
      #expect(model.entries[0].values[0] == Float(7.5 + 190.0 / 70))
    }
  }

  @Test("an answer that is far too long costs its site its place, and not the round")
  func tooLong() async throws {
    try await withFolder { place in
      let sites = try ConsortiumSites(["North", "Lakeside", "Liar"], in: place)
      let told = ToldEvents()
      let run = try ConsortiumRun(in: sites.folder, plan: plan(rounds: 2), tell: told.note)
      _ = try await sites.lead(run) { name, message in
        guard name == "Liar" else { return try honest(Self.step(name), to: message) }
        let values = (0..<1_000_000).map { Float($0) }
        return .records([
          ("arrays", .arrays([("weight", try FleetArray(values, shape: [values.count]))]))
        ])
      }
      #expect(told.rounds.map(\.contributions.count) == [2, 2])
      #expect(told.rounds[0].refused.map(\.site) == ["Liar"])
      #expect(told.rounds[1].refused.isEmpty)
    }
  }

  @Test("an answer may be as long as a model of equal arrays, which travels as if it were one")
  func equalArrays() async throws {
    try await withFolder { place in
      let sites = try ConsortiumSites(["North", "Lakeside"], in: place)
      let told = ToldEvents()
      let run = try ConsortiumRun(in: sites.folder, plan: plan(rounds: 1), tell: told.note)
      let zeros = Parameters(
        entries: (0..<60).map {
          Parameters.Entry(
            name: "layer.\($0)", shape: [20_000], values: Array(repeating: 0, count: 20_000))
        })
      let model = try await sites.lead(run, from: zeros) { name, message in
        guard message.heading.kind == "train" else { return try honest(1, to: message) }
        let arrays = try (0..<60).map {
          (
            "layer.\($0)",
            try FleetArray(Array(repeating: Float($0), count: 20_000), shape: [20_000])
          )
        }
        return .records([
          ("arrays", .arrays(arrays)), ("metrics", .metrics([("num-examples", .integer(10))])),
        ])
      }
      #expect(told.rounds.map(\.contributions.count) == [2])
      #expect(told.rounds[0].refused.isEmpty)
      #expect(model.entries.last?.values.first == 59)
    }
  }

  @Test("noise that was asked for is not taken for a lie", arguments: [true, false])
  func noise(isAsked: Bool) async throws {
    try await withFolder { place in
      let sites = try ConsortiumSites(["North", "Lakeside", "Loud"], in: place)
      let told = ToldEvents()
      let run = try ConsortiumRun(
        in: sites.folder,
        plan: plan(
          rounds: 1, longestChange: 4,
          privacy: isAsked ? ConsortiumPlan.Privacy(clip: 2, noise: 3) : nil), tell: told.note)
      _ = try await sites.lead(run) { name, message in
        // 6 · √2 is as long as noise of six is on two values; four more is what may be honest.
        try honest(name == "Loud" ? 8 : 1, to: message)
      }
      #expect(told.rounds.map(\.contributions.count) == [isAsked ? 3 : 2])
    }
  }

  @Test("a silent site is waited for as long as was said, and one that declines not at all")
  func silent() async throws {
    try await withFolder { place in
      let sites = try ConsortiumSites(["North", "Lakeside", "Silent", "Unwilling"], in: place)
      let told = ToldEvents()
      let run = try ConsortiumRun(
        in: sites.folder, plan: plan(rounds: 1, forRound: .seconds(10)), tell: told.note)
      _ = try await sites.lead(run) { name, message in
        switch name {
        case "Silent" where message.heading.kind == "train": nil
        case "Unwilling": .refusal(code: 1002, reason: "not today")
        default: try honest(Self.step(name), to: message)
        }
      }
      #expect(told.rounds.map(\.contributions.count) == [2])
      #expect(
        told.rounds[0].refused == [
          RefusedSite(site: "Silent", reason: "no answer in time"),
          RefusedSite(site: "Unwilling", reason: "declined (1002)"),
        ])
    }
  }

  @Test("rounds that nobody changes are given up after three attempts, all of them in the ledger")
  func nobodyBelieved() async throws {
    try await withFolder { place in
      let sites = try ConsortiumSites(["North", "Lakeside"], in: place)
      let told = ToldEvents()
      let run = try ConsortiumRun(
        in: sites.folder, plan: plan(rounds: 2, quorum: 2), tell: told.note)
      let error = await #expect(throws: ConsortiumError.self) {
        try await sites.lead(run) { name, message in
          name == "North"
            ? .refusal(code: 1000, reason: "") : try honest(Self.step(name), to: message)
        }
      }
      #expect(error?.description.contains("1 of at least 2 sites brought a believable") == true)
      #expect(told.rounds.map(\.model) == [nil, nil, nil])
      #expect(try Checkpoint(from: sites.folder)?.standing.model == parameters([0, 1]))
    }
  }

  @Test("without a quorum nothing is asked, and the error names how many are missing")
  func noQuorum() async throws {
    try await withFolder { place in
      let sites = try ConsortiumSites(["North", "Lakeside"], in: place)
      let told = ToldEvents()
      let run = try ConsortiumRun(
        in: sites.folder, plan: plan(forQuorum: .milliseconds(300)), tell: told.note)
      await #expect(
        throws: ConsortiumError.noQuorum(
          round: 1, got: 0, needed: 2, reason: "came within 0 s")
      ) { try await run.lead(from: parameters([0, 1])) }
      #expect(told.all == [.waiting(round: 1, online: [], needed: 2)])
    }
  }

  @Test("a quorum that the roster cannot bring, and a folder that is led already, are refused")
  func refused() async throws {
    try await withFolder { place in
      let sites = try ConsortiumSites(["North", "Lakeside"], in: place)
      #expect(throws: ConsortiumError.self) {
        try ConsortiumRun(in: sites.folder, plan: plan(quorum: 3))
      }
      let run = try ConsortiumRun(in: sites.folder, plan: plan())
      #expect(throws: ConsortiumError.inUse(folder: sites.folder.place.path)) {
        try ConsortiumRun(in: sites.folder, plan: plan())
      }
      withExtendedLifetime(run) {}
      let empty = try ConsortiumFolder(place.appending(path: "empty"))
      #expect(throws: ConsortiumError.noRoster(folder: empty.place.path)) {
        try ConsortiumRun(in: empty, plan: plan())
      }
    }
  }

  @Test("a site that was removed from the roster does not get in")
  func removed() async throws {
    try await withFolder { place in
      let sites = try ConsortiumSites(["North", "Lakeside", "Gone"], in: place)
      let gone = try #require(sites.keys.last).key
      try sites.folder.changeRoster { try #require($0).removing("Gone") }
      let run = try ConsortiumRun(in: sites.folder, plan: plan())
      await #expect(throws: FleetError.unknownKey(server: "this machine")) {
        try await LocalTransport(run.coordinator, key: gone).activate(resuming: nil)
      }
    }
  }
}
