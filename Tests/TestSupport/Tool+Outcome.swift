import Foundation

extension Tool {
  /// Runs to the end, by force when the time is over.
  public func outcome(within limit: Duration = .seconds(60)) async throws -> Outcome {
    let place = FileManager.default.temporaryDirectory
      .appending(path: "secondlook-output-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: place) }
    let status = try await run(writingTo: place, within: limit)
    return Outcome(
      status: status, output: String(decoding: try Data(contentsOf: place), as: UTF8.self))
  }
}
