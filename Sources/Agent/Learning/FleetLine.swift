import Federation
import Foundation
import Radiology
import Synchronization

/// The channel over Flower's wire: every site is a node of a coordinator on the loopback, with a key
/// and a folder of its own.
///
/// The bytes that a ``Federation/LocalChannel`` would hand over travel as objects of the Fleet API,
/// through sockets; what comes of them is the same to the bit.
struct FleetLine: Federation.Channel {
  private let coordinator: EmbeddedCoordinator
  private let nodes: [String: NodeID]
  private let failures: Failures

  /// Why a site did nothing, of which the wire says no more than that it did, and why its node ended.
  private final class Failures: Sendable {
    private let reasons = Mutex<[String: any Error]>([:])
    private let ends = Mutex<[String: any Error]>([:])

    func note(_ event: FederationNode.Event, at site: String) {
      if case .failed(let error) = event { reasons.withLock { $0[site] = error } }
    }

    func noteEnd(_ error: any Error, at site: String) { ends.withLock { $0[site] = error } }

    func take(of site: String) -> (any Error)? {
      reasons.withLock { $0.removeValue(forKey: site) }
    }

    /// - Throws: why a node is not there any more that is waited for.
    func checkEnd(of site: String) throws {
      if let error = ends.withLock({ $0[site] }) { throw error }
    }
  }

  /// Kind of the messages, and what they are called in them.
  private static let kind = "query.message"
  /// Long enough for a round of any site.
  private static let patience = Duration.seconds(43_200)

  /// Does something while the sites are connected; their nodes' folders lie in `home`.
  static func among<Result: Sendable>(
    _ sites: [SiteAgent], home: URL, _ body: (FleetLine) async throws -> Result
  ) async throws -> Result {
    let folders = try sites.map { site in
      try NodeFolder(home.appending(path: site.name).appending(path: "federation/node"))
    }
    let coordinator = EmbeddedCoordinator(admitting: .keys(folders.map(\.key.publicPEM)))
    let server = try FleetServer(coordinator)
    let failures = Failures()
    let (ports, told) = AsyncStream.makeStream(of: Int.self)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run { told.yield($0) } }
      defer { group.cancelAll() }
      guard let port = await ports.first(where: { _ in true }),
        let url = URL(string: "http://127.0.0.1:\(port)")
      else { throw CancellationError() }
      for (site, folder) in zip(sites, folders) {
        let transport = FlowerTransport(try CoordinatorAddress(url), of: folder)
        let node = FederationNode(
          transport, folder: folder, hasMoved: true, pause: .milliseconds(20)
        ) { failures.note($0, at: site.name) }
        group.addTask {
          let end: Swift.Result<Void, any Error>
          do {
            end = .success(try await node.run { try await site.reply(to: bytes(of: $0)) })
          } catch {
            end = .failure(error)
          }
          await transport.close()
          if case .failure(let error) = end { failures.noteEnd(error, at: site.name) }
        }
      }
      while await coordinator.online.count < sites.count {
        for site in sites { try failures.checkEnd(of: site.name) }
        try await Task.sleep(for: .milliseconds(10))
      }
      var nodes: [String: NodeID] = [:]
      for node in await coordinator.nodes {
        let key = await coordinator.key(of: node)
        for (site, folder) in zip(sites, folders) where folder.key.publicPEM == key {
          nodes[site.name] = node
        }
      }
      return try await body(FleetLine(coordinator: coordinator, nodes: nodes, failures: failures))
    }
  }

  func carry(_ message: [UInt8], to site: String) async throws -> [UInt8] {
    guard let node = nodes[site] else { throw FederationError.unknownPartner }
    try await coordinator.ask(node, to: Self.kind, with: SealedReply.records(of: message))
    let end = ContinuousClock.now + Self.patience
    var answer: FleetMessage?
    while answer == nil, .now < end {
      try failures.checkEnd(of: site)
      answer = try await coordinator.answers(within: .seconds(1))[node]
      if let error = await coordinator.unusable[node] { throw error }
    }
    await coordinator.endRound()
    guard let answer else { throw FleetError.tooLate }
    if case .refusal(_, let reason) = answer.content {
      throw failures.take(of: site) ?? FederationError.declined(reason)
    }
    return try Self.bytes(of: answer)
  }

  private static func bytes(of message: FleetMessage) throws -> [UInt8] {
    guard case .bytes(let bytes)? = message["message"]?.value("bytes") else {
      throw FleetError.malformed("it carries no message")
    }
    return bytes
  }
}
