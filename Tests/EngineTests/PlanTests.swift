import Testing

@testable import Engine

@Suite("A network becomes few steps in little memory")
struct PlanTests {
  @Test("norm, sum and ReLU become one step where nobody else needs the value between")
  func joins() throws {
    let plan = Plan(try Sample.evidence.network(), for: .training)
    let kinds = plan.steps.map { step -> String in
      switch step.operation {
      case .convolution: "convolution"
      case .norm(_, _, _, let relu):
        "norm" + (step.second == nil ? "" : "+sum") + (relu ? "+relu" : "")
      default: "other"
      }
    }
    #expect(
      kinds == [
        "convolution", "norm+relu",
        "convolution", "norm+relu", "convolution", "norm+sum+relu",
        "convolution", "norm+relu", "convolution", "convolution", "norm", "norm+sum+relu",
        "convolution",
      ])
  }

  @Test("what the output does not need is not computed")
  func dead() throws {
    let network = try Sample.oddities.network()
    let dead = network.parameterShapes.firstIndex { $0.name == "dead.weight" }
    #expect(
      !Plan(network, for: .inference).steps.contains { step in
        if case .convolution(let convolution) = step.operation {
          convolution.weight == dead
        } else {
          false
        }
      })
  }

  @Test("arrays alive together never share a place, others do", arguments: 0..<20 as Range<UInt64>)
  func arena(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let arrays = (0..<40).map { _ -> (life: ClosedRange<Int>, count: Int) in
      let first = Int.random(in: 0..<50, using: &random)
      return (
        first...first + Int.random(in: 0..<8, using: &random),
        Int.random(in: 1...500, using: &random)
      )
    }
    let arena = Arena(arrays)
    for (index, array) in arrays.enumerated() {
      #expect(arena.offsets[index] + array.count <= arena.count)
      for (other, rival) in arrays.enumerated().dropFirst(index + 1)
      where array.life.overlaps(rival.life) {
        let mine = arena.offsets[index]..<arena.offsets[index] + array.count
        let theirs = arena.offsets[other]..<arena.offsets[other] + rival.count
        #expect(!mine.overlaps(theirs))
      }
    }
    #expect(arena.count < arrays.reduce(0) { $0 + $1.count } / 2)
  }

  @Test("a batch is cut by its size: at most 4 images a slice, none lost", arguments: 1...70)
  func slicing(batch: Int) {
    let slicing = Replica.Slicing(batch: batch)
    #expect((1...4).contains(slicing.size))
    #expect(slicing.count * slicing.size >= batch)
    #expect((slicing.count - 1) * slicing.size < batch)
    #expect(slicing.count >= min(batch, 2))
    let even = Replica.Slicing(batch: batch, isEven: true)
    #expect((1...4).contains(even.size))
    #expect(even.count * even.size == batch)
  }

  @Test("the pool does every item once and reports the first failure", arguments: [1, 2, 5])
  func pool(workers: Int) throws {
    let pool = WorkerPool(workers: workers)
    for round in 0..<200 {
      let done = zeros(100)
      try pool.run(round % 100) { item, worker throws(EngineError) in
        precondition((0..<workers).contains(worker), "workers are numbered")
        done.start[item] += 1
      }
      #expect((0..<100).allSatisfy { done.start[$0] == ($0 < round % 100 ? 1 : 0) })
    }
    #expect(throws: EngineError.notFinite(what: "item 3")) {
      try pool.run(10) { item, _ throws(EngineError) in
        if item == 3 || item == 7 { throw .notFinite(what: "item \(item)") }
      }
    }
  }
}
