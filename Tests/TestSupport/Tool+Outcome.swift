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

  /// Runs to a good end, and answers what it said.
  ///
  /// - Throws: the ``Outcome`` if the end was another one.
  @discardableResult
  public func success(within limit: Duration = .seconds(60)) async throws -> String {
    let outcome = try await outcome(within: limit)
    guard outcome.status == 0 else { throw outcome }
    return outcome.output
  }
}
