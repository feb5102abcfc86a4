import Engine
import Federation
public import Foundation
public import Logging
public import Radiology
public import Store

/// A site's node in a federation: it stays online, and lets ``SiteWork`` answer what it is asked.
public struct SiteNode: Sendable {
  private let store: Store
  private let work: SiteWork
  private let address: CoordinatorAddress
  private let folder: NodeFolder
  private let seat: FederationSeat
  private let log: Logger
  private let now: @Sendable () -> Date

  /// The node of the store in a folder, in the seat the site has taken.
  ///
  /// - Throws: `FleetError` if an address, a certificate or the key cannot be used.
  public init(
    home: URL, store: Store, pictures: PictureShelf, site: String, seat: FederationSeat,
    policy: SitePolicy, log: Logger, now: @escaping @Sendable () -> Date = { Date() }
  ) throws {
    let files = FederationFiles(home: home)
    self.store = store
    self.seat = seat
    self.log = log
    self.now = now
    address = try files.address(of: seat)
    folder = try NodeFolder(files.node)
    work = SiteWork(
      home: home, store: store, pictures: pictures, site: site, coordinator: address.server,
      policy: policy, key: folder.key, folder: files.node, now: now)
  }

  /// Takes part until it is cancelled; then it goes offline.
  ///
  /// - Throws: `CancellationError`, and `FleetError` that no waiting mends.
  public func run() async throws {
    let transport = FlowerTransport(address, of: folder, now: now)
    let node = FederationNode(
      transport, folder: folder, mayLeave: mayLeave, hasArrived: hasArrived, now: now
    ) { note($0) }
    let end: Result<Void, any Error>
    do {
      tell(.connecting)
      end = .success(try await node.run { try await work.answer($0) })
    } catch { end = .failure(error) }
    // The task may be cancelled already, and the coordinator is to hear of it all the same.
    await Task { try? await node.leave() }.value
    await transport.close()
    try end.get()
  }

  /// Keeps what happened where people look for it; a store that is busy loses no round.
  private func note(_ event: FederationNode.Event) {
    switch event {
    case .online:
      log.info("online", metadata: ["coordinator": "\(address.server)"])
      tell(.idle)
    case .working(let kind): log.info("working", metadata: ["kind": "\(kind)"])
    case .answered(let answer):
      log.info("answered", metadata: ["bytes": "\(answer.byteCount)"])
      tell(.idle)
    case .repeated:
      log.info("asked again for what was answered")
    case .dropped(let error):
      log.warning("dropped", metadata: ["reason": "\(error)"])
      tell(.idle, note: "\(error)")
    case .failed(let error):
      log.error("failed", metadata: ["reason": "\(error)"])
      tell(.idle, note: "\(error)")
    case .waiting(let error):
      log.warning("waiting", metadata: ["reason": "\(error)"])
      tell(.connecting, note: "\(error)")
    }
  }

  /// Whether an answer may leave now, however long ago it was sealed; from then on it counts.
  @Sendable func mayLeave(_ answer: DeflatedMessage) throws -> Bool {
    if answer.isRefusal { return true }
    guard let question = answer.heading.answers else { return false }
    return try waitingForRoom {
      try store.announce(question.description, from: seat, at: now())
    }
  }

  /// The coordinator has the answer.
  @Sendable private func hasArrived(_ answer: DeflatedMessage) throws {
    guard !answer.isRefusal, let question = answer.heading.answers else { return }
    try waitingForRoom {
      try store.taken(
        question.description, answer: answer.id.description, bytes: answer.byteCount, at: now())
    }
  }

  private func tell(_ phase: FederationProgress.Phase, note: String? = nil) {
    try? store.tell(FederationProgress(phase: phase, at: now(), note: note))
  }
}
