import Engine
import Foundation
import Synchronization
import Testing

@testable import Federation

@Suite("Rounds that were stopped go on where they were")
struct ResumingTests {
  private static let combinations: [Combination] = [
    .mean(Strategy(momentum: 0.5)), .serverAdam(rate: 0.1), .median,
  ]

  /// Leads until a round has ended, and drops everything but the folder.
  private func lead(
    _ sites: ConsortiumSites, _ combination: Combination, stoppingAfter last: Int?,
    from model: Parameters?
  ) async throws -> Parameters? {
    let (ended, word) = AsyncStream.makeStream(of: Int.self)
    let run = try ConsortiumRun(
      in: sites.folder, plan: plan(rounds: 4, combination),
      tell: { if case .ended(let round) = $0 { word.yield(round.round) } })
    let leading = Task {
      defer { word.finish() }
      return try await sites.lead(run, from: model) { name, message in
        // What a site makes of a model depends on it, so that a wrong model would show.
        let before = try message.model().entries[0].values[0]
        return try honest((name == "North" ? 1 : 2) + before.rounded() / 8, to: message)
      }
    }
    for await round in ended where round == last { leading.cancel() }
    do { return try await leading.value } catch is CancellationError { return nil }
  }

  @Test("the model is the same as of rounds that nobody disturbed", arguments: combinations)
  func same(_ combination: Combination) async throws {
    try await withFolder { place in
      let calm = try ConsortiumSites(["North", "Lakeside"], in: place.appending(path: "calm"))
      let begin = parameters([0, 1])
      let expected = try await lead(calm, combination, stoppingAfter: nil, from: begin)
      let sites = try ConsortiumSites(["North", "Lakeside"], in: place.appending(path: "stopped"))
      for round in 1...3 {
        #expect(
          try await lead(
            sites, combination, stoppingAfter: round, from: round == 1 ? begin : nil) == nil)
      }
      #expect(try await lead(sites, combination, stoppingAfter: nil, from: nil) == expected)
      let ledger = try ConsortiumLedger(at: sites.folder.ledgerFile, signedBy: sites.folder.key)
      #expect(ledger.lines.count == 5)
    }
  }

  @Test("a word that the ledger did not get is added, one that it got is not added twice")
  func settles() async throws {
    try await withFolder { place in
      let sites = try ConsortiumSites(["North", "Lakeside"], in: place)
      _ = try await lead(sites, .median, stoppingAfter: 2, from: parameters([0, 1]))
      let whole = try String(contentsOf: sites.folder.ledgerFile, encoding: .utf8)
      let lines = whole.split(separator: "\n")
      // As it is after a death between the model and the word of it.
      try Data((lines[0] + "\n").utf8).write(to: sites.folder.ledgerFile)
      _ = try await lead(sites, .median, stoppingAfter: nil, from: nil)
      let after = try String(contentsOf: sites.folder.ledgerFile, encoding: .utf8)
      #expect(after.hasPrefix(whole))
      #expect(after.split(separator: "\n").count == 5)
    }
  }

  @Test("whoever lied before it was stopped is still left out afterwards")
  func liar() async throws {
    try await withFolder { place in
      let sites = try ConsortiumSites(["North", "Lakeside", "Liar"], in: place)
      func rounds(_ rounds: Int) async throws -> [ConsortiumRound] {
        let told = ToldEvents()
        let run = try ConsortiumRun(
          in: sites.folder, plan: plan(rounds: rounds, quarantine: 1), tell: told.note)
        _ = try await sites.lead(run) { name, message in
          let isLie = name == "Liar" && message["config"]?.value("server-round") == .integer(1)
          return isLie ? .records([]) : try honest(1, to: message)
        }
        return told.rounds
      }
      #expect(try await rounds(1).map(\.refused.count) == [1])
      #expect(try await rounds(3).map(\.contributions.count) == [2, 3])
    }
  }

  @Test("a run that has ended stays ended, and is gone on with where more rounds are wanted")
  func ended() async throws {
    try await withFolder { place in
      let sites = try ConsortiumSites(["North", "Lakeside"], in: place)
      let model = try await lead(sites, .median, stoppingAfter: nil, from: parameters([0, 1]))
      let ledger = try Data(contentsOf: sites.folder.ledgerFile)
      let again = try ConsortiumRun(in: sites.folder, plan: plan(rounds: 4, .median))
      // Nobody is there, and nobody is needed.
      #expect(try await again.lead(from: nil) == model)
      #expect(try Data(contentsOf: sites.folder.ledgerFile) == ledger)
    }
  }

  @Test("sites meet the same run again, and another one in another folder")
  func run() async throws {
    try await withFolder { place in
      func number(_ name: String) throws -> RunID {
        let sites = try ConsortiumSites(["North", "Lakeside"], in: place.appending(path: name))
        let first = try ConsortiumRun(in: sites.folder, plan: plan()).coordinator.run
        #expect(try ConsortiumRun(in: sites.folder, plan: plan()).coordinator.run == first)
        return first
      }
      let (one, other) = (try number("one"), try number("other"))
      #expect(one != other)
    }
  }

  @Test("a folder of another model, a changed weight and a cut checkpoint are refused")
  func damaged() async throws {
    try await withFolder { place in
      let sites = try ConsortiumSites(["North", "Lakeside"], in: place)
      _ = try await lead(sites, .median, stoppingAfter: nil, from: parameters([0, 1]))
      func begins(with model: Parameters?) async throws {
        _ = try await ConsortiumRun(in: sites.folder, plan: plan(rounds: 4, .median))
          .lead(from: model)
      }
      await #expect(throws: ConsortiumError.otherModel) {
        try await begins(with: parameters([9, 9]))
      }
      let last = try #require(try Checkpoint(from: sites.folder)).standing.model
      let weights = ParameterFile.url(of: last.digest, in: sites.folder.models)
      try Data(parameters([9, 9]).encoded()).write(to: weights)
      await #expect(throws: ConsortiumError.self) { try await begins(with: nil) }
      try Data("{".utf8).write(to: sites.folder.checkpointFile)
      await #expect(throws: ConsortiumError.self) { try await begins(with: nil) }
    }
  }
}
