import Engine
import Foundation
import Gateway
import Radiology
import Store
import Triage

@testable import Agent
@testable import Federation

/// A hospital with lessons, a model and a task to answer, in a folder of its own.
struct JoinedSite {
  let chests: LabelledChests
  let home: URL
  let store: Store
  let key = NodeKey()
  private let pictures: PictureShelf

  static let network = Result {
    try Network.chest(side: 64, widths: [16, 16], blocks: [0, 0])
  }

  /// The site “north”, with so many lessons to learn from, to calibrate with, and frozen.
  init(train: Int = 12, validation: Int = 6, test: Int = 0) async throws {
    chests = try LabelledChests(train: train, validation: validation, test: test)
    home = chests.stores("north")
    store = try Store(home: home)
    pictures = try PictureShelf(store: store)
    let ingest = Ingest(store: store, pictures: pictures, source: "north", consent: .given)
    let rows = chests.data.manifest.rows.filter { $0.site == "north" }
    try LessonBook(store: store, pictures: pictures, site: "north").learn(
      try await ingest.takeLabelled(chests.data, rows: rows) { _, _ in }, at: Date())
    try ModelShelf(store: store, home: home).start(
      with: try Model(
        network: try Self.network.get(), parameters: try Self.fresh(),
        preprocessing: LabelledChests.preprocessing, readOut: ReadOut(), calibration: .none,
        familiarity: nil, card: Card.chest(chests.data),
        lineage: Lineage(lessons: 0, recipe: "fresh", made: Date())), by: "test", at: Date())
  }

  func clean() { chests.clean() }

  static func fresh() throws -> Parameters { try network.get().freshParameters(seed: 1) }

  /// What answers, as a process that just began would have it.
  func work(
    _ demands: Configuration.Federation = .usual, now: @escaping @Sendable () -> Date = { Date() }
  ) -> SiteWork {
    SiteWork(
      home: home, store: store, pictures: pictures, site: "north", coordinator: "hub:8443",
      policy: SitePolicy(demands), key: key, folder: home.appending(path: "federation/node"),
      pause: .milliseconds(5), now: now)
  }

  /// An instruction as our coordinators send it.
  func instruction(
    _ kind: String = "train", round: Int = 1, model: Parameters? = nil,
    settings: [(name: String, value: RecordValue)] = []
  ) throws -> FleetMessage {
    let model = try model ?? Self.fresh()
    let usual: [(name: String, value: RecordValue)] = [
      ("server-round", .integer(Int64(round))), ("rounds", .integer(4)), ("steps", .integer(3)),
      ("batch", .integer(4)), ("learning-rate", .double(0.002)), ("seed", .integer(7)),
    ]
    return FleetMessage(
      Heading(
        kind, run: RunID(rawValue: 5), to: NodeID(rawValue: 9),
        created: Date(timeIntervalSinceReferenceDate: 800_000_000 + Double(round)),
        lifetime: 1e9),
      .records([
        // As they come over the wire: in no order of ours.
        (
          "arrays",
          .arrays(
            try model.entries.sorted { $0.name > $1.name }.map { ($0.name, try FleetArray($0)) })
        ),
        (
          "config",
          .configuration(
            usual.filter { known in
              !settings.contains { $0.name == known.name }
            } + settings)
        ),
      ]))
  }

  /// Approves whatever waits, as soon as it does.
  func approve() async throws {
    while true {
      if let task = try store.tasks().first(where: { $0.state == .pending }) {
        return try store.decide(task.id, .approved, by: "Ada", at: Date())
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Answers an instruction, with somebody there who approves whatever waits.
  func answer(
    _ message: FleetMessage, _ demands: Configuration.Federation = .usual
  ) async throws -> SealedReply {
    let approving = Task { while true { try await approve() } }
    defer { approving.cancel() }
    let reply = try await work(demands).answer(message)
    try leave()
    return reply
  }

  static let seat = FederationSeat(
    url: "https://hub:8443", hasAuthority: false, hasCertificate: false, key: "k",
    joinedBy: "Ada", joined: Date(timeIntervalSinceReferenceDate: 0))

  /// Lets what was sealed begin to leave, as a node does.
  private func leave() throws {
    let seat = try store.seat() ?? Self.seat
    if try store.seat() == nil { try store.take(seat) }
    for release in try store.releases() {
      _ = try store.announce(release.id, from: seat, at: Date())
    }
  }
}

extension Parameters {
  /// In the order of their names, to compare what came over the wire.
  var sorted: Parameters { Parameters(entries: entries.sorted { $0.name < $1.name }) }
}

extension SealedReply {
  /// The arrays that leave.
  func parameters() throws -> Parameters {
    try FleetMessage(
      Heading("train", run: RunID(rawValue: 1), to: NodeID(rawValue: 2), created: Date()), content
    ).model()
  }

  var refusalCode: Int64? {
    guard case .refusal(let code, _) = content else { return nil }
    return code
  }
}
