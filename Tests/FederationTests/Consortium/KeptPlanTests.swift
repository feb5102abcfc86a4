import Engine
import Foundation
import Testing

@testable import Federation

@Suite("Rounds go on as they were begun, or not at all")
struct KeptPlanTests {
  /// A plan with one thing of it changed.
  struct Variant: Sendable, CustomTestStringConvertible {
    var option = ""
    var before: String?
    var now: String?
    var rounds = 1
    var combination = Combination.mean(Strategy())
    var steps = 3
    var batch = 8
    var learningRate = 0.01
    var proximal = 0.0
    var seed: UInt64 = 7
    var privacy: ConsortiumPlan.Privacy?
    var bits: UpdateBits?
    var quorum = 2
    var forQuorum = Duration.seconds(600)
    var forRound = Duration.seconds(600)
    var doubt = ConsortiumPlan.Doubt()

    var testDescription: String { option }

    var plan: ConsortiumPlan {
      get throws {
        try ConsortiumPlan(
          rounds: rounds, combination: combination,
          work: RoundTask.Work(
            steps: steps, batch: batch, learningRate: learningRate, proximal: proximal, seed: seed),
          privacy: privacy, updateBits: bits,
          waits: .init(quorum: quorum, forQuorum: forQuorum, forRound: forRound), doubt: doubt)
      }
    }
  }

  /// A folder in which one round of the plan has ended.
  private func begun(
    in place: URL, _ variant: Variant = Variant()
  ) async throws -> ConsortiumSites {
    let sites = try ConsortiumSites(["North", "Lakeside", "South"], in: place)
    _ = try await sites.lead(ConsortiumRun(in: sites.folder, plan: variant.plan)) {
      try honest(1, to: $1)
    }
    return sites
  }

  private static let others = [
    Variant(option: "strategy", before: "fedavg", now: "fedmedian", combination: .median),
    Variant(
      option: "momentum", now: "0.5", combination: .mean(Strategy(momentum: 0.5))),
    Variant(option: "steps", before: "3", now: "4", steps: 4),
    Variant(option: "batch", before: "8", now: "9", batch: 9),
    Variant(option: "learning-rate", before: "0.01", now: "0.02", learningRate: 0.02),
    Variant(option: "seed", before: "7", now: "8", seed: 8),
    Variant(option: "clip", now: "2.0", privacy: .init(clip: 2)),
    Variant(option: "update-bits", now: "8", bits: .eight),
    Variant(option: "quorum", before: "2", now: "1", quorum: 1),
    Variant(option: "longest-change", now: "5.0", doubt: .init(longestChange: 5)),
  ]

  @Test("what would make them other rounds is refused by its name", arguments: others)
  func refused(_ other: Variant) async throws {
    try await withFolder { place in
      let sites = try await begun(in: place)
      let before = try Data(contentsOf: sites.folder.planFile)
      let change = ChangedOption(name: other.option, before: other.before, now: other.now)
      #expect(throws: ConsortiumError.otherPlan([change], folder: sites.folder.place.path)) {
        try ConsortiumRun(in: sites.folder, plan: other.plan)
      }
      #expect(try Data(contentsOf: sites.folder.planFile) == before)
    }
  }

  @Test("what was given and is left out is refused too, and everything that differs is named")
  func leftOut() async throws {
    try await withFolder { place in
      var first = Variant(steps: 4, proximal: 0.5, bits: .sixteen)
      first.privacy = .init(clip: 2, noise: 0.5)
      let sites = try await begun(in: place, first)
      let error = #expect(throws: ConsortiumError.self) {
        try ConsortiumRun(in: sites.folder, plan: Variant().plan)
      }
      for text in [
        "--clip was 2.0 and is left out now", "--noise was 0.5 and", "--proximal-mu was 0.5 and",
        "--steps was 4 and is 3 now", "--strategy was fedprox and is fedavg now",
        "--update-bits was 16 and", "take a new folder",
      ] { #expect(error?.description.contains(text) == true, "\(text): \(error as Any)") }
    }
  }

  @Test("more rounds, other waits and another quarantine are taken, said and kept")
  func taken() async throws {
    try await withFolder { place in
      let sites = try await begun(in: place)
      let other = Variant(
        rounds: 2, forQuorum: .seconds(60), forRound: .milliseconds(90_500),
        doubt: .init(quarantine: 1))
      let told = ToldEvents()
      let run = try ConsortiumRun(in: sites.folder, plan: other.plan, tell: told.note)
      _ = try await sites.lead(run, from: nil) { try honest(1, to: $1) }
      #expect(
        told.all.contains(
          .changed([
            ChangedOption(name: "quarantine", before: "3", now: "1"),
            ChangedOption(name: "quorum-wait", before: "600", now: "60"),
            ChangedOption(name: "round-wait", before: "600", now: "90.5"),
            ChangedOption(name: "rounds", before: "1", now: "2"),
          ])))
      #expect(told.rounds.map(\.round) == [2])
      #expect(try KeptPlan(from: sites.folder) == KeptPlan(other.plan))
    }
  }

  @Test("the same plan is taken without a word")
  func same() async throws {
    try await withFolder { place in
      let sites = try await begun(in: place)
      let told = ToldEvents()
      let run = try ConsortiumRun(in: sites.folder, plan: Variant().plan, tell: told.note)
      _ = try await run.lead(from: nil)
      #expect(told.all == [.resuming(after: 1)])
    }
  }

  @Test("there are no fewer rounds than have ended")
  func fewer() async throws {
    try await withFolder { place in
      let sites = try await begun(in: place, Variant(rounds: 2))
      let error = #expect(throws: ConsortiumError.self) {
        try ConsortiumRun(in: sites.folder, plan: Variant(rounds: 1).plan)
      }
      #expect(error?.description.contains("--rounds is at least 2") == true)
    }
  }

  @Test("until a round has ended, a mistake is mended in the same folder")
  func nothingLearned() async throws {
    try await withFolder { place in
      let sites = try ConsortiumSites(["North", "Lakeside"], in: place)
      let early = Variant(steps: 4, forQuorum: .milliseconds(50))
      await #expect(throws: ConsortiumError.self) {
        try await ConsortiumRun(in: sites.folder, plan: early.plan).lead(from: parameters([0, 1]))
      }
      let told = ToldEvents()
      let run = try ConsortiumRun(in: sites.folder, plan: Variant().plan, tell: told.note)
      _ = try await sites.lead(run, from: nil) { try honest(1, to: $1) }
      #expect(told.rounds.map(\.round) == [1])
      #expect(try KeptPlan(from: sites.folder) == KeptPlan(Variant().plan))
    }
  }

  @Test("a plan that cannot be read is not taken for any")
  func damaged() async throws {
    try await withFolder { place in
      let sites = try await begun(in: place)
      try Data("{".utf8).write(to: sites.folder.planFile)
      let error = #expect(throws: ConsortiumError.self) {
        try ConsortiumRun(in: sites.folder, plan: Variant().plan)
      }
      #expect(error?.description.contains("plan.json") == true)
    }
  }
}
