import Foundation
public import Gateway
public import Logging
public import ServiceLifecycle
public import Store

/// Keeps the DICOM receiver running beside the stages, and says how it is.
public struct ReceiverService: Service {
  public static let name = "receiver"
  private let receiver: ReceiverProgram
  private let store: Store
  private let log: Logger

  public init(_ receiver: ReceiverProgram, store: Store, log: Logger) {
    self.receiver = receiver
    self.store = store
    self.log = log
  }

  /// Runs until the agent stops; one that ends by itself is started again, later each time.
  public func run() async {
    var pause = Duration.seconds(1)
    while !Task.isShuttingDownGracefully, !Task.isCancelled {
      let start = ContinuousClock.now
      try? Heartbeat(done: 0, error: nil).save(for: Self.name, in: store)
      let failure = await cancelWhenGracefulShutdown { () -> GatewayError? in
        do throws(GatewayError) {
          try await receiver.run()
          return nil
        } catch {
          return error
        }
      }
      guard let failure else { return }
      log.error("the receiver ended", metadata: ["reason": "\(failure)"])
      try? Heartbeat(done: 0, error: "\(failure)").save(for: Self.name, in: store)
      // What ran for a while did not fail for what it was started with.
      pause =
        ContinuousClock.now - start > .seconds(60) ? .seconds(1) : min(pause * 2, .seconds(60))
      let wait = pause
      await cancelWhenGracefulShutdown { try? await Task.sleep(for: wait) }
    }
  }
}
