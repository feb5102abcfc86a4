import Engine
import Foundation
import Synchronization
import Testing

@testable import Federation

/// Sites of one test, by name, with a coordinator's folder that has them on its roster.
struct ConsortiumSites {
  let folder: ConsortiumFolder
  let keys: [(name: String, key: NodeKey)]

  init(_ names: [String], in place: URL) throws {
    folder = try ConsortiumFolder(place.appending(path: "coordinator"))
    keys = names.map { ($0, NodeKey()) }
    for (name, key) in keys { try add(name, key) }
  }

  func add(_ name: String, _ key: NodeKey) throws {
    let member = ConsortiumRoster.Member(name: name, key: try PublicNodeKey(key.publicOpenSSH))
    try folder.changeRoster { roster in
      try roster?.adding(member)
        ?? ConsortiumRoster(
          consortium: "Chest", coordinator: .init(name: "University", key: folder.key.publicKey),
          members: [member])
    }
  }

  /// Answers of a site, by its name; none to say nothing.
  typealias Answering = @Sendable (String, FleetMessage) throws -> FleetMessage.Content?

  /// Leads the rounds with sites that answer so and are all there when the first begins.
  func lead(
    _ run: ConsortiumRun, from model: Parameters? = parameters([0, 1]),
    answering: @escaping Answering
  ) async throws -> Parameters {
    try await withThrowingTaskGroup(of: Parameters?.self) { group in
      for (name, key) in keys {
        group.addTask {
          try await RawSite(key, at: run.coordinator).takePart { try answering(name, $0) }
          return nil
        }
      }
      group.addTask {
        while await run.coordinator.online.count < keys.count {
          try await Task.sleep(for: .milliseconds(2))
        }
        return try await run.lead(from: model)
      }
      defer { group.cancelAll() }
      while let next = try await group.next() { if let next { return next } }
      throw CancellationError()
    }
  }
}

/// A site that says whatever a test wants, honest or not.
struct RawSite {
  private let way: LocalTransport

  init(_ key: NodeKey, at coordinator: EmbeddedCoordinator) {
    way = LocalTransport(coordinator, key: key)
  }

  func takePart(_ answer: (FleetMessage) throws -> FleetMessage.Content?) async throws {
    let node = try await way.activate(resuming: nil)
    while true {
      try await Task.sleep(for: .milliseconds(2))
      // As a real site: a coordinator takes whoever says nothing for a minute for gone.
      try await way.beat(as: node)
      guard let instruction = try await way.pull(as: node) else { continue }
      let shelf = MemoryShelf()
      for id in instruction.tree.objects {
        try shelf.keep(try await way.fetch(id, of: instruction.run, as: node), as: id)
      }
      try await way.confirm(instruction.message, of: instruction.run, as: node)
      let message = try FleetMessage(instruction.tree, from: shelf)
      guard let content = try answer(message) else { continue }
      let heading = try message.heading.answer(to: instruction.message, at: Date())
      // A lie may be refused at once; whoever lies goes on all the same.
      try? await way.push(DeflatedMessage(FleetMessage(heading, content)), as: node)
    }
  }
}

/// What an honest site answers that adds a step to every value, of ten examples a step.
func honest(_ step: Float, to message: FleetMessage) throws -> FleetMessage.Content {
  guard message.heading.kind == "train" else {
    return .records([
      ("metrics", .metrics([("loss", .double(Double(step))), ("num-examples", .integer(10))]))
    ])
  }
  return try addingStep(step, to: message).content
}

/// A plan in which little is waited for, with the pull and the seed of a test.
func plan(
  rounds: Int = 2, _ combination: Combination = .mean(Strategy()), quorum: Int = 2,
  forQuorum: Duration = .seconds(600), forRound: Duration = .seconds(600),
  longestChange: Double? = nil, quarantine: Int = 3, privacy: ConsortiumPlan.Privacy? = nil,
  updateBits: UpdateBits? = nil
) throws -> ConsortiumPlan {
  try ConsortiumPlan(
    rounds: rounds, combination: combination,
    work: RoundTask.Work(steps: 3, batch: 8, learningRate: 0.01, proximal: 0.5, seed: 7),
    privacy: privacy, updateBits: updateBits,
    waits: ConsortiumPlan.Waits(quorum: quorum, forQuorum: forQuorum, forRound: forRound),
    doubt: ConsortiumPlan.Doubt(longestChange: longestChange, quarantine: quarantine))
}

/// What was told, to look at afterwards.
final class ToldEvents: Sendable {
  private let events = Mutex<[ConsortiumEvent]>([])

  func note(_ event: ConsortiumEvent) { events.withLock { $0.append(event) } }

  var all: [ConsortiumEvent] { events.withLock { $0 } }

  var rounds: [ConsortiumRound] {
    all.compactMap { if case .ended(let round) = $0 { round } else { nil } }
  }

  var measurement: ConsortiumMeasurement? {
    all.compactMap { if case .measured(let found) = $0 { found } else { nil } }.last
  }
}
