import Foundation
import TestSupport
import Testing

/// A real server of the modality worklist, DCMTK's, with one order for today.
struct PlannedExaminations {
  let port: UInt16
  private let server: Launched

  func stop() async {
    server.signal(SIGTERM)
    _ = await server.end()
  }

  /// Runs the body while it runs.
  static func running(_ body: (PlannedExaminations) async throws -> Void) async throws {
    let folder = try Receiver.newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let items = folder.appending(path: "RIS")
    try FileManager.default.createDirectory(at: items, withIntermediateDirectories: true)
    try Data().write(to: items.appending(path: "lockfile"))
    let dump = SharedFiles.image.deletingLastPathComponent().appending(path: "worklist_item.dump")
    let day = Date().formatted(
      Date.ISO8601FormatStyle(timeZone: .current).year().month().day().dateSeparator(.omitted))
    let text = try String(contentsOf: dump, encoding: .utf8)
      .replacing(#/\(0040,0002\) DA \[\d+\]/#, with: "(0040,0002) DA [\(day)]")
    try Data(text.utf8).write(to: folder.appending(path: "item.dump"))
    let made = try await run(
      "dump2dcm", "-q", "+te", folder.appending(path: "item.dump").path,
      items.appending(path: "item.wl").path)
    #expect(made.status == 0, "\(made)")
    let port = freePort()
    let server = try Tool(
      executable: URL(filePath: "/usr/bin/wlmscpfs"),
      arguments: ["-dfp", folder.path, "\(port)"]
    ).launch(writingTo: folder.appending(path: "log"))
    let planned = PlannedExaminations(port: port, server: server)
    let result: Result<Void, any Error>
    do { result = .success(try await body(planned)) } catch { result = .failure(error) }
    await planned.stop()
    try result.get()
  }
}
