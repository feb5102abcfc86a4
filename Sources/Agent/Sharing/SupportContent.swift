import Foundation
import Radiology
import Store

/// What a support bundle says; times are seconds before it was made.
struct SupportContent: Encodable {
  let about = "SecondLook support bundle, layout 2. No images, no names, no identifiers."
  let version: String
  let system: String
  let studies: Int
  let signed: Int
  let lessons: Int
  let rounds: Int
  /// By kind: what stands behind the first word of a stage's name is a folder or a peer.
  let stages: [String: [Beat]]
  /// How often each kind of event is in the audit log.
  let events: [String: Int]
  /// How many images were refused for each reason.
  let refusals: [String: Int]
  let models: [Model]
  /// The configuration with every word in it left out.
  let configuration: [String]

  /// What a stage last did; why it failed stays here, as reasons name hosts and paths.
  struct Beat: Encodable {
    let secondsAgo: Int
    let done: Int
    let failed: Bool
  }

  /// A model version, by its digest.
  struct Model: Encodable {
    let id: String
    let state: ModelVersion.State
    let round: Int?
  }

  init(of store: Store, version: String, at date: Date) throws {
    self.version = version
    system = ProcessInfo.processInfo.operatingSystemVersionString
    let rows = try store.worklist()
    studies = rows.count
    signed = rows.count { $0.state.isSigned }
    lessons = try store.lessons().count
    rounds = try store.rounds().count
    let beats = try Heartbeat.all(in: store).sorted { $0.key < $1.key }
    let kinds = Dictionary(grouping: beats) { Heartbeat.kind(of: $0.key) ?? "other" }
    stages = kinds.mapValues { beats in
      beats.map { _, beat in
        Beat(
          secondsAgo: Int(date.timeIntervalSince(beat.at)), done: beat.done,
          failed: beat.error != nil)
      }
    }
    events = try store.auditCounts()
    refusals = try store.refusalCounts()
    models = try store.models().map { Model(id: $0.id, state: $0.state, round: $0.round) }
    let file = store.home?.appending(path: "secondlook.toml")
    let text = file.flatMap { try? String(contentsOf: $0, encoding: .utf8) } ?? ""
    configuration = Self.wordless(text)
  }

  /// The sections and settings of a TOML file, and those values that are numbers or yes and no.
  static func wordless(_ text: String) -> [String] {
    text.split(whereSeparator: \.isNewline).compactMap { line in
      if let section = line.wholeMatch(of: #/\s*(\[{1,2}[a-z._]+\]{1,2})\s*(#.*)?/#) {
        return String(section.1)
      }
      guard let setting = line.wholeMatch(of: #/\s*([a-z_]+)\s*=\s*(.*)/#) else { return nil }
      let value = setting.2.wholeMatch(of: #/(\d+|true|false)\s*(#.*)?/#)?.1
      return "\(setting.1) = \(value ?? "…")"
    }
  }

  func encoded() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }

  /// All words that go out: values, and names of values too.
  func texts() throws -> [String] {
    func texts(in value: Any) -> [String] {
      switch value {
      case let text as String: [text]
      case let list as [Any]: list.flatMap { texts(in: $0) }
      case let table as [String: Any]: table.flatMap { [$0] + texts(in: $1) }
      default: []
      }
    }
    return texts(in: try JSONSerialization.jsonObject(with: encoded()))
  }
}
