import Foundation
import Radiology
import Store
import Testing

@Suite("What a coordinator asks, and what leaves")
struct FederationStoreTests {
  private func task(_ coordinator: String = "hub:8443", steps: String = "20") -> LearningTask {
    LearningTask(
      coordinator: coordinator, parts: [.init(name: "stem.weight", shape: [8, 1, 3, 3])],
      settings: ["steps": steps], partners: ["North", "South"], clip: 1, noise: nil, asked: noon
    ) { "\($0.count)\($0)" }
  }

  private func release(_ id: String, task: String, noise: Double? = nil) -> Release {
    Release(
      id: id, coordinator: "hub:8443", kind: "train", task: task, round: 3, modelIn: "m",
      lessons: 12, manifest: "l", examples: 40, norm: 0.5, clip: 1, noise: noise, began: noon,
      sealed: noon + 60)
  }

  @Test("a task waits for a person, and is asked about once")
  func asked() throws {
    let store = try Store()
    #expect(try store.note(task()).state == .pending)
    try store.decide(task().id, .approved, by: "Ada", at: noon)
    #expect(try store.note(task()).state == .approved)
    #expect(try store.tasks().map(\.decidedBy) == ["Ada"])
    let kinds = try store.audit().map(\.kind)
    #expect(kinds == [.taskDecided, .taskAsked])
  }

  @Test("whatever changes of a task makes another one")
  func changed() throws {
    let store = try Store()
    try store.decide(store.note(task()).id, .approved, by: "Ada", at: noon)
    #expect(try store.note(task(steps: "21")).state == .pending)
    #expect(try store.note(task("hub2:8443")).state == .pending)
    #expect(try store.tasks().count == 3)
  }

  @Test("no name passes for a line of its own")
  func quoted() {
    let honest = LearningTask(
      coordinator: "hub", parts: [], settings: ["a": "1", "b": "2"], partners: [], clip: nil,
      noise: nil, asked: noon
    ) { $0 }
    let sly = LearningTask(
      coordinator: "hub", parts: [], settings: ["a": "1\"\nset \"b\" \"2"], partners: [],
      clip: nil, noise: nil, asked: noon
    ) { $0 }
    #expect(honest.id != sly.id)
  }

  private let seat = FederationSeat(
    url: "https://hub:8443", hasAuthority: true, hasCertificate: false, key: "k",
    joinedBy: "Ada", joined: noon)

  /// A store in which a task is approved, and something of it sealed.
  private func sealed(_ ids: String...) throws -> Store {
    let store = try Store()
    try store.take(seat)
    let task = try store.note(task())
    try store.decide(task.id, .approved, by: "Ada", at: noon)
    for id in ids { try store.save(release(id, task: task.id, noise: 2)) }
    return store
  }

  @Test("what was sealed counts from the moment it begins to leave, and then nothing replaces it")
  func announced() throws {
    let store = try sealed("one", "two")
    #expect(try store.releasedNoise().isEmpty)
    try store.save(release("one", task: task().id, noise: 3))
    #expect(try store.announce("one", from: seat, at: noon))
    #expect(try store.announce("one", from: seat, at: noon))
    #expect(try store.releasedNoise() == [3])
    #expect(throws: StoreError.released) {
      try store.save(release("one", task: task().id, noise: 4))
    }
  }

  @Test("nothing begins to leave after a pause, a refusal, a departure, or from another seat")
  func withheld() throws {
    let store = try sealed("one")
    let other = FederationSeat(
      url: seat.url, hasAuthority: true, hasCertificate: false, key: "k", joinedBy: "Ada",
      joined: noon + 1)
    #expect(try !store.announce("one", from: other, at: noon))
    #expect(try !store.announce("unknown", from: seat, at: noon))
    try store.pause(FederationPause(by: "Ben", at: noon, reason: nil))
    #expect(try !store.announce("one", from: seat, at: noon))
    try store.resume(by: "Ben", at: noon)
    try store.decide(task().id, .refused, by: "Ada", at: noon)
    #expect(try !store.announce("one", from: seat, at: noon))
    try store.decide(task().id, .approved, by: "Ada", at: noon)
    #expect(try store.announce("one", from: seat, at: noon))
    try store.leaveSeat(by: "Ada", at: noon)
    #expect(try !store.announce("one", from: seat, at: noon))
  }

  @Test("what arrived is noted once")
  func taken() throws {
    let store = try sealed("one")
    try store.taken("one", answer: "abc", bytes: 900, at: noon + 90)
    try store.taken("one", answer: "def", bytes: 1, at: noon + 91)
    let one = try store.released("one")
    #expect(one?.answer == "abc" && one?.bytes == 900 && one?.taken == noon + 90)
    #expect(try store.audit().filter { $0.kind == .updateSent }.count == 1)
  }

  @Test("a seat is taken, paused, resumed and left, and the log says by whom")
  func seats() throws {
    let store = try Store()
    try store.take(seat)
    #expect(try store.seat() == seat)
    try store.pause(FederationPause(by: "Ben", at: noon, reason: "an audit"))
    try store.pause(FederationPause(by: "Eve", at: noon, reason: nil))
    #expect(try store.pause()?.by == "Ben")
    try store.resume(by: "Ben", at: noon)
    try store.resume(by: "Ben", at: noon)
    try store.leaveSeat(by: "Ada", at: noon)
    #expect(try store.seat() == nil)
    #expect(
      try store.audit().map(\.kind) == [.leftFederation, .resumed, .paused, .joinedFederation])
  }

  @Test("what the node does is there for everybody who watches")
  func progress() throws {
    let store = try Store()
    #expect(try store.federationProgress() == nil)
    let progress = FederationProgress(phase: .training, round: 2, rounds: 9, done: 0.5, at: noon)
    try store.tell(progress)
    #expect(try store.federationProgress() == progress)
  }
}
