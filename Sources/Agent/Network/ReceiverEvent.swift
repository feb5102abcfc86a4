import Foundation
import Radiology
import Store

/// What a receiver noted of a peer, in a file of its spool's `events` (secondlook-dimse/Event.hpp).
struct ReceiverEvent: Decodable {
  let kind: String
  let calling: String
  let address: String
  let stored: Int
  let failed: Int
  let reason: String

  /// Larger files are none of the receiver's.
  private static let largest = 64 << 10

  /// nil for what is no event.
  init?(_ file: URL) {
    guard let handle = try? FileHandle(forReadingFrom: file) else { return nil }
    defer { try? handle.close() }
    guard let bytes = try? handle.read(upToCount: Self.largest),
      let event = try? JSONDecoder().decode(ReceiverEvent.self, from: bytes)
    else { return nil }
    self = event
  }

  /// An association that stored all it was given needs no line in the log: its objects have one.
  var isWorthALine: Bool { kind != "association" || failed > 0 }

  /// Who called, as the log names it.
  var actor: String { calling.isEmpty ? address : calling }

  /// One sentence without patient data.
  var text: String {
    let counts = stored + failed > 0 ? " \(stored) objects were stored, \(failed) were not." : ""
    return reason + (reason.hasSuffix(".") || reason.isEmpty ? "" : ".") + counts
  }
}

/// The events that wait in one spool.
struct ReceiverEvents {
  let folder: URL

  init(spool: URL) { folder = spool.appending(path: "events", directoryHint: .isDirectory) }

  /// Writes those that matter into the log, and removes all.
  func note(in store: Store) throws {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for name in names.sorted() where name.hasSuffix(".json") {
      let file = folder.appending(path: name)
      if let event = ReceiverEvent(file) {
        if event.isWorthALine {
          try store.record(.refused, actor: event.actor, detail: event.text)
        }
      } else {
        try store.record(.failed, actor: "receiver", detail: "An event could not be read.")
      }
      try FileManager.default.removeItem(at: file)
    }
    let dropped = folder.appending(path: "dropped")
    let size = (try? dropped.resourceValues(forKeys: [.fileSizeKey]))?.fileSize ?? 0
    guard size > 0 else { return }
    try store.record(
      .refused, actor: "receiver", detail: "\(size) more events found no room and are only counted."
    )
    try FileManager.default.removeItem(at: dropped)
  }
}
