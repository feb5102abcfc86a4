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

  private func release(_ id: String, noise: Double? = nil) -> Release {
    Release(
      id: id, coordinator: "hub:8443", kind: "train", task: "t", round: 3, modelIn: "m",
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

  @Test("what leaves is noted once, before it leaves, and once more when it arrived")
  func released() throws {
    let store = try Store()
    try store.save(release("one", noise: 2))
    try store.save(release("one", noise: 3))
    try store.save(release("two"))
    #expect(try store.releasedNoise() == [2, nil])
    try store.taken("one", answer: "abc", bytes: 900, at: noon + 90)
    try store.taken("one", answer: "def", bytes: 1, at: noon + 91)
    let one = try store.releases().first { $0.id == "one" }
    #expect(one?.answer == "abc" && one?.bytes == 900 && one?.taken == noon + 90)
    #expect(try store.audit().map(\.kind) == [.updateSent])
  }

  @Test("a seat is taken, paused, resumed and left, and the log says by whom")
  func seat() throws {
    let store = try Store()
    let seat = FederationSeat(
      url: "https://hub:8443", hasAuthority: true, hasCertificate: false, key: "k",
      joinedBy: "Ada", joined: noon)
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
