public import Foundation
public import Gateway
public import Logging
import Radiology
public import ServiceLifecycle
public import Store

/// Keeps the site's node running beside the stages while the site has a seat and nobody has paused
/// it.
///
/// The node is a process of its own, of the lowest priority: triage and screens never wait for a
/// round, the memory of a round goes with it, and whatever kills it kills nothing else.
public struct FederationService: Service {
  public static let name = "sync"
  private let store: Store
  private let program: AttachedProgram
  private let log: Logger
  private let pause: Duration

  /// `program` is the node's; `pause` is how long it waits before it looks again whether it may
  /// run.
  public init(
    store: Store, program: AttachedProgram, log: Logger, pause: Duration = .seconds(2)
  ) {
    self.store = store
    self.program = program
    self.log = log
    self.pause = pause
  }

  /// The program of this file that takes part for a store, as nice as can be.
  public static func program(of executable: URL, home: URL) -> AttachedProgram {
    AttachedProgram(
      URL(filePath: "/usr/bin/nice"),
      ["-n", "19", executable.path, "federation", "node", "--attached", "--home", home.path],
      inheritsEnvironment: true, farewell: .seconds(20))
  }

  /// Runs until the agent stops; a node that ends by itself is started again, later each time.
  public func run() async {
    var wait = Duration.seconds(1)
    while !Task.isShuttingDownGracefully, !Task.isCancelled {
      guard let seat = seatInUse() else {
        await cancelWhenGracefulShutdown { try? await Task.sleep(for: pause) }
        continue
      }
      let start = ContinuousClock.now
      try? Heartbeat(done: 0, error: nil).save(for: Self.name, in: store)
      let failure = await cancelWhenGracefulShutdown { await takePart(in: seat) }
      if Task.isShuttingDownGracefully { return }
      guard let failure else { continue }
      log.error("the federation's node ended", metadata: ["reason": "\(failure)"])
      try? Heartbeat(done: 0, error: failure).save(for: Self.name, in: store)
      try? store.tell(FederationProgress(phase: .stopped, at: Date(), note: failure))
      // What ran for a while did not fail for what it was started with.
      wait = ContinuousClock.now - start > .seconds(60) ? .seconds(1) : min(wait * 2, .seconds(60))
      let rest = wait
      await cancelWhenGracefulShutdown { try? await Task.sleep(for: rest) }
    }
  }

  /// The seat, unless somebody has paused it or the store does not say.
  private func seatInUse() -> FederationSeat? {
    do {
      guard try store.pause() == nil else { return nil }
      return try store.seat()
    } catch { return nil }
  }

  /// Runs the node for as long as the seat is the same and in use.
  ///
  /// - Returns: why it ended by itself; none if it was stopped.
  private func takePart(in seat: FederationSeat) async -> String? {
    await withTaskGroup(of: String?.self) { group in
      group.addTask { await program.run() }
      group.addTask {
        while !Task.isCancelled, seatInUse() == seat { try? await Task.sleep(for: pause) }
        return nil
      }
      let end = await group.next() ?? nil
      group.cancelAll()
      await group.waitForAll()
      return end
    }
  }
}
