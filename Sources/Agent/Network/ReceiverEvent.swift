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

  /// Most lines of the log for what waits at once: nobody may fill it by calling again and again.
  private static let most = 50

  /// Writes those that matter into the log, the same ones as one line, and removes all.
  func note(in store: Store) throws {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    var lines: [Line: Int] = [:]
    let files = names.filter { $0.hasSuffix(".json") }.sorted()
    for event in files.map({ ReceiverEvent(folder.appending(path: $0)) }) {
      if let event, !event.isWorthALine { continue }
      lines[Line(event), default: 0] += 1
    }
    let sorted = lines.sorted { ($1.value, $0.key.text) < ($0.value, $1.key.text) }
    for (line, count) in sorted.prefix(Self.most) {
      try store.record(
        line.kind, actor: line.actor, detail: line.text + (count > 1 ? " (\(count) times)" : ""))
    }
    let rest = sorted.dropFirst(Self.most).reduce(0) { $0 + $1.value }
    let dropped = folder.appending(path: "dropped")
    let size = (try? dropped.resourceValues(forKeys: [.fileSizeKey]))?.fileSize ?? 0
    if rest + size > 0 {
      try store.record(
        .refused, actor: "receiver",
        detail: "\(rest + size) more events found no room and are only counted.")
    }
    for name in files + (size > 0 ? ["dropped"] : []) {
      try remove(folder.appending(path: name))
    }
  }

  /// What is written of an event.
  private struct Line: Hashable {
    let kind: AuditEvent.Kind
    let actor: String
    let text: String

    init(_ event: ReceiverEvent?) {
      kind = event == nil ? .failed : .refused
      actor = event?.actor ?? "receiver"
      text = event?.text ?? "An event could not be read."
    }
  }

  /// Another process may have noted it as well, and been faster.
  private func remove(_ file: URL) throws {
    guard unlink(file.path) == 0 || errno == ENOENT else {
      throw StoreError.notPermitted(path: file.path)
    }
  }
}
