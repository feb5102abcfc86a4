import Engine
import Testing

@testable import Federation

@Suite("A model is made of the sites' models as the papers say")
struct CombinationTests {
  private static let member = ConsortiumRoster.Member(
    name: "North", key: (try? PublicNodeKey(NodeKey().publicPEM))!)

  private func update(_ values: [Float], of examples: Int = 10) -> BelievedUpdate {
    BelievedUpdate(
      member: Self.member, message: ObjectID(of: [UInt8]()), examples: examples, norm: 0,
      model: parameters(values))
  }

  private func next(
    _ combination: Combination, _ last: [Float], _ updates: [BelievedUpdate], quorum: Int = 1
  ) -> [Float]? {
    combination.next(
      after: Standing(model: parameters(last)), round: 1, with: updates, quorum: quorum
    )?.model.entries[0].values
  }

  @Test("FedAvg weighs by examples")
  func mean() {
    #expect(
      next(.mean(Strategy()), [0, 0], [update([1, 2], of: 10), update([5, 2], of: 30)]) == [4, 2])
  }

  @Test("momentum keeps its share of the step before")
  func momentum() throws {
    let combination = Combination.mean(Strategy(momentum: 0.5))
    let first = try #require(
      combination.next(
        after: Standing(model: parameters([0])), round: 1, with: [update([1])], quorum: 1))
    let second = try #require(
      combination.next(after: first, round: 2, with: [update([2])], quorum: 1))
    // 1, then a step of 1 and half of the step before.
    #expect(first.model == parameters([1]))
    #expect(second.model == parameters([2.5]))
  }

  @Test("server Adam makes what Flower's FedAdam makes, also in its second round")
  func adam() throws {
    let combination = Combination.serverAdam(rate: 0.01)
    let first = try #require(
      combination.next(
        after: Standing(model: parameters([0, 1])), round: 1,
        with: [update([1, 1], of: 10), update([3, 0], of: 30)], quorum: 2))
    let second = try #require(
      combination.next(
        after: first, round: 2, with: [update([0.5, 2]), update([0.5, 2])], quorum: 2))
    // Of flwr 1.41; single precision on both sides.
    for (ours, theirs) in [
      (first, [0.007395018, 0.9926731]), (second, [0.014246103, 0.9943456]),
    ] as [(Standing, [Float])] {
      for (value, expected) in zip(ours.model.entries[0].values, theirs) {
        #expect(abs(value - expected) <= 1e-6 * expected)
      }
    }
  }

  @Test("the median takes the middle of each value, and the middle of two")
  func median() {
    let three = [update([1, 9]), update([2, -100]), update([1e9, 5])]
    #expect(next(.median, [0, 0], three) == [2, 5])
    #expect(next(.median, [0, 0], [update([1, 9]), update([2, 7])]) == [1.5, 8])
  }

  @Test("multi-Krum leaves out who lies far from the others, however much it claims to weigh")
  func multiKrum() {
    let updates = [
      update([1, 1]), update([3, 1]), update([900, 900], of: 1_000_000), update([1, 3]),
      update([3, 3]),
    ]
    #expect(next(.multiKrum(liars: 1), [0, 0], updates, quorum: 5) == [2, 2])
  }

  @Test("no model comes of values that are no numbers together")
  func notFinite() {
    let far = Float.greatestFiniteMagnitude
    let combination = Combination.mean(Strategy(momentum: 0.9))
    let last = Standing(model: parameters([-far]))
    #expect(combination.next(after: last, round: 1, with: [update([far])], quorum: 1) == nil)
  }

  @Test("a plan that could not keep its promise cannot be made")
  func plans() throws {
    let work = RoundTask.Work(steps: 1, batch: 1, learningRate: 0.1, seed: 1)
    for (combination, quorum) in [
      (Combination.multiKrum(liars: 1), 4), (.serverAdam(rate: 0), 2), (.median, 0),
    ] {
      #expect(throws: ConsortiumError.self) {
        try ConsortiumPlan(
          rounds: 1, combination: combination, work: work,
          waits: ConsortiumPlan.Waits(quorum: quorum))
      }
    }
    #expect(throws: ConsortiumError.self) {
      try ConsortiumPlan(rounds: 1, work: work, privacy: ConsortiumPlan.Privacy(clip: 0))
    }
  }
}
