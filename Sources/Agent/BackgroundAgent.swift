public import Foundation
public import Logging
public import ServiceLifecycle
public import Store
import UnixSignals

/// The background program: the stages of the ring, each looping over its own query.
public struct BackgroundAgent: Sendable {
  private let store: Store
  private let stages: [any Stage]
  private let services: [any Service]
  private let log: Logger

  /// `services` run beside the stages, for as long as the agent does.
  public init(
    store: Store, stages: [any Stage], services: [any Service] = [], log: Logger
  ) {
    self.store = store
    self.stages = stages
    self.services = services
    self.log = log
  }

  /// Lets every stage do what there is to do, in the order of the ring, until nothing is left.
  ///
  /// A stage that fails stops no other.
  /// - Returns: how many pieces each stage did, and the stages that failed with their reason.
  public func drain() async throws -> (done: [String: Int], failed: [String: String]) {
    var done: [String: Int] = [:]
    var failed: [String: String] = [:]
    var didWork = true
    while didWork {
      didWork = false
      for stage in stages where failed[stage.name] == nil {
        do {
          let count = try await stage.drain()
          done[stage.name, default: 0] += count
          didWork = didWork || count > 0
          try Heartbeat(done: count, error: nil).save(for: stage.name, in: store)
        } catch let error as CancellationError {
          throw error
        } catch {
          failed[stage.name] = "\(error)"
          try? Heartbeat(done: 0, error: "\(error)").save(for: stage.name, in: store)
          log.error("stage failed", metadata: ["stage": "\(stage.name)", "reason": "\(error)"])
        }
      }
    }
    return (done, failed)
  }

  /// Runs until it is told to stop; the piece that is under way is finished first.
  public func run() async throws {
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        // They are stopped from the last to the first: nothing more is received meanwhile.
        services: stages.map { .init(service: Loop(stage: $0, store: store, log: log)) }
          + services.map { .init(service: $0) },
        gracefulShutdownSignals: [.sigterm, .sigint], logger: log))
    try await group.run()
  }

  /// One stage, again and again: at once when it knows of work, and every few seconds otherwise.
  private struct Loop: Service {
    let stage: any Stage
    let store: Store
    let log: Logger

    func run() async throws {
      var wait = Duration.seconds(2)
      while !Task.isShuttingDownGracefully, !Task.isCancelled {
        do {
          let count = try await cancelWhenGracefulShutdown { try await stage.drain() }
          if count > 0 {
            log.info("done", metadata: ["stage": "\(stage.name)", "count": "\(count)"])
          }
          try Heartbeat(done: count, error: nil).save(for: stage.name, in: store)
          wait = .seconds(2)
        } catch is CancellationError {
          return
        } catch {
          log.error("failed", metadata: ["stage": "\(stage.name)", "reason": "\(error)"])
          try? Heartbeat(done: 0, error: "\(error)").save(for: stage.name, in: store)
          wait = stage.repeatsItself ? wait : min(wait * 2, .seconds(300))
          // What is in the way is still there when the next file comes.
          let pause = wait
          await cancelWhenGracefulShutdown { try? await Task.sleep(for: pause) }
          continue
        }
        let pause = wait
        await cancelWhenGracefulShutdown { await stage.wait(atMost: pause) }
      }
    }
  }
}

/// What a stage last did, for the status screen; kept in the store, so that any process sees it.
public struct Heartbeat: Codable, Sendable {
  public let at: Date
  public let done: Int
  /// One sentence without patient data; none if all went well.
  public let error: String?
  /// When it last ran without a failure, and when it last did a piece of work.
  public private(set) var succeeded: Date?
  public private(set) var worked: Date?
  /// Its last failure, mended or not, and when that was.
  public private(set) var lastError: String?
  public private(set) var failed: Date?

  init(done: Int, error: String?) {
    at = Date()
    self.done = done
    self.error = error
    succeeded = error == nil ? at : nil
    worked = done > 0 ? at : nil
    lastError = error
    failed = error == nil ? nil : at
  }

  /// Saves it, and with it what of the one before still holds.
  func save(for stage: String, in store: Store) throws {
    var beat = self
    if let before = try Heartbeat(of: stage, in: store) {
      beat.succeeded = succeeded ?? before.succeeded
      beat.worked = worked ?? before.worked
      beat.lastError = lastError ?? before.lastError ?? before.error
      beat.failed = failed ?? before.failed
    }
    let encoder = JSONEncoder()
    encoder.dateEncodingStrategy = .iso8601
    try store.set(
      String(decoding: try encoder.encode(beat), as: UTF8.self), forKey: "stage.\(stage)")
  }

  /// What a stage last did; none if it never ran.
  public init?(of stage: String, in store: Store) throws {
    guard let text = try store.value(forKey: "stage.\(stage)"), let beat = Heartbeat(text) else {
      return nil
    }
    self = beat
  }

  /// What every stage and service last did that ever ran here, by name.
  public static func all(in store: Store) throws -> [String: Heartbeat] {
    try store.values(below: "stage.").compactMapValues { Heartbeat($0) }
  }

  private init?(_ text: String) {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    guard let beat = try? decoder.decode(Heartbeat.self, from: Data(text.utf8)) else { return nil }
    self = beat
  }

  private static let ring = [
    "receiver", "receive", "ingest", "watch", "pull", "orders", "priors", "read", "learn",
    "gate", "look-back", "sync", "deliver",
  ]

  /// The first word of a stage's name, without the folder or the archive that it is for.
  ///
  /// Nil for a stage that is not of the ring, whose first word may be anybody's.
  static func kind(of stage: String) -> String? {
    let word = String(stage.prefix { $0 != " " })
    return ring.contains(word) ? word : nil
  }

  /// The names of stages in the order of the ring: those every site has, and those that ran here.
  public static func names(among ran: some Sequence<String>) -> [String] {
    func place(_ name: String) -> Int {
      kind(of: name).flatMap { ring.firstIndex(of: $0) } ?? ring.count
    }
    // A site that delivers to destinations of its own has a stage for each.
    let delivers = ran.contains { kind(of: $0) == "deliver" }
    return Set(ran).union(["ingest", "read", "learn"] + (delivers ? [] : ["deliver"]))
      .sorted { (place($0), $0) < (place($1), $1) }
  }
}
