import Foundation
import Glibc
import TestSupport
import Testing

/// `secondlook-dicom receive` with a spool of its own, on a port of its own.
struct Receiver {
  static let executable = Program.executable.deletingLastPathComponent()
    .appending(path: "secondlook-dicom")

  /// Everything of this receiver; gone after ``stop()``.
  let folder: URL
  let port: UInt16
  let process: Launched

  /// Starts as SECONDLOOK for the callers MODALITY and ORTHANC, and waits until it listens.
  ///
  /// Given the folder of an earlier one it goes on there, else it gets a new one. Throws if it does
  /// not start.
  init(_ options: String..., port: UInt16 = 0, in folder: URL? = nil) async throws {
    let folder = try folder ?? Self.newFolder()
    let arguments = [
      "receive", "--spool", folder.appending(path: "spool").path, "--port", "\(port)",
      "--ae", "SECONDLOOK", "--accept", "MODALITY,ORTHANC", "--keep-free", "0",
    ]
    let tool = Tool(executable: Self.executable, arguments: arguments + options)
    process = try tool.launch(writingTo: folder.appending(path: "log-\(UUID().uuidString)"))
    self.port = try #require(UInt16(try await process.says(#/port (\d+)/#).1))
    self.folder = folder
  }

  static func newFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "secondlook-pacs-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  /// Asks it to stop, waits for that and removes everything.
  ///
  /// - Returns: its exit status.
  @discardableResult func stop() async -> Int32 {
    process.signal(SIGTERM)
    let status = await process.end()
    try? FileManager.default.removeItem(at: folder)
    return status
  }

  /// Kills it and whoever it started, as a power failure would, and leaves the spool.
  func kill() async {
    process.signal(SIGKILL, toGroup: true)
    _ = await process.end()
  }

  /// The objects in the order of their arrival.
  func arrived() throws -> [URL] { try files("arrived") }
  /// What is on its way, or was when something broke.
  func receiving() throws -> [URL] { try files("receiving") }

  /// What was said about callers, in order.
  func events() throws -> [Event] {
    try files("events").filter { $0.pathExtension == "json" }
      .map { try JSONDecoder().decode(Event.self, from: Data(contentsOf: $0)) }
  }

  /// Waits until there is an event of the kind, and answers it.
  func event(_ kind: String) async throws -> Event {
    for _ in 0..<2_000 {
      if let event = try events().first(where: { $0.kind == kind }) { return event }
      try await Task.sleep(for: .milliseconds(5))
    }
    throw Launched.Silence(output: process.output)
  }

  private func files(_ name: String) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: folder.appending(path: "spool/\(name)"), includingPropertiesForKeys: nil
    ).sorted { $0.lastPathComponent < $1.lastPathComponent }
  }
}

/// One file of `events/`.
struct Event: Decodable {
  let time, kind, calling, called, address, reason: String
  let stored, failed, bytes: Int
}
