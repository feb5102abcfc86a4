import TestSupport

@testable import Federation

extension StockFlower {
  /// What the stock nodes of our own coordinator run.
  func packedApplication() async throws -> EmbeddedCoordinator.Application {
    EmbeddedCoordinator.Application(
      identifier: "secondlook/analytic", version: "1.0.0", bytes: try await packed())
  }
}
