import Foundation
import TestSupport
import Testing

@Suite(
  "The coordinator's application believes no update that it should not",
  .enabled(if: StockFlower.isPossible, "SECONDLOOK_ORACLES has no flwr"))
struct ServerAppTests {
  @Test("its rounds hold against slow, silent and lying sites, and go on where they stopped")
  func rounds() async throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "ServerApp").path
    let outcome = try await Tool(
      executable: StockFlower.venv.appending(path: "bin/python"),
      arguments: ["-m", "unittest", "discover", "-s", tests],
      environment: [
        "PYTHONPATH": StockFlower.shipped.path, "PYTHONDONTWRITEBYTECODE": "1",
        "FLWR_TELEMETRY_ENABLED": "0",
      ]
    ).outcome(within: .seconds(300))
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains(/Ran [1-9]\d* tests/))
  }
}
