import DICOM
import Foundation
import TestSupport
import Testing

/// What Orthanc takes out by PS3.15 Table E.1-1 of 2021b, we take out too.
@Suite(
  "Beside Orthanc's anonymization",
  .enabled(if: Orthanc.isHere && SharedFiles.hasDICOM, "needs orthanc and the shared files"))
struct AnonymizeTests {
  /// Times of day, which Orthanc empties: the option moves dates by whole days and keeps intervals.
  private static let times: Set<String> = [
    "0008,0030", "0008,0031", "0008,0032", "0008,0033", "0040,0245", "0040,0251",
  ]

  @Test("whatever Orthanc removes or changes, the de-identifier removes or changes")
  func comparison() async throws {
    let deidentifier = Deidentifier(pseudonyms: Pseudonyms(Self.hash))
    try await Orthanc.running { orthanc in
      var compared: Set<String> = []
      for row in try SharedFiles.index() {
        // One of a kind from each project.
        let project = row["source"]?.split(separator: "/").first ?? ""
        let kind = "\(project) \(row["modality"] ?? "") \(row["frames"] ?? "")"
        let bytes = try SharedFiles.bytes(row)
        guard !compared.contains(kind), bytes.count < 1_000_000,
          let ours = try? deidentifier.output(of: bytes),
          let before = try await orthanc.store(bytes)
        else { continue }
        let name = row["file"] ?? ""
        let after = try await orthanc.anonymized(before)
        let clean = try #require(try await orthanc.store(ours.bytes))
        let original = try await orthanc.attributes(of: before)
        let theirs = try await orthanc.attributes(of: after)
        let left = try await orthanc.attributes(of: clean)
        for (path, value) in original where !value.isEmpty && theirs[path] != value {
          let isKept = left[path] == value && !Self.times.contains(String(path.suffix(9)))
          #expect(!isKept, "\(name) \(path)")
        }
        compared.insert(kind)
      }
      #expect(compared.count > 10)
    }
  }

  /// Enough for a comparison: equal inputs, equal outputs.
  @Sendable private static func hash(_ bytes: [UInt8]) -> [UInt8] {
    var state: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return (0..<16).map { _ in
      state = state &* 0x5851_f42d_4c95_7f2d &+ 1
      return UInt8(truncatingIfNeeded: state >> 40)
    }
  }
}

extension Orthanc {
  /// Stores an instance and returns Orthanc's name for it, or nil if it has it already or takes no
  /// such file.
  fileprivate func store(_ bytes: [UInt8]) async throws -> String? {
    struct Stored: Decodable { let ID, Status: String }
    guard let answer = try? await rest("/instances", post: Data(bytes)) else { return nil }
    let stored = try JSONDecoder().decode(Stored.self, from: answer)
    return stored.Status == "Success" ? stored.ID : nil
  }

  /// Orthanc's own anonymization of an instance, stored beside it.
  fileprivate func anonymized(_ instance: String) async throws -> String {
    struct Named: Decodable { let ID: String }
    let series = try JSONDecoder().decode(
      Named.self, from: await rest("/instances/\(instance)/series"))
    let request = Data(#"{"DicomVersion":"2021b","Synchronous":true,"KeepSource":true}"#.utf8)
    let made = try JSONDecoder().decode(
      Named.self, from: await rest("/series/\(series.ID)/anonymize", post: request))
    let children = try JSONDecoder().decode(
      [Named].self, from: await rest("/series/\(made.ID)/instances"))
    for child in children {
      let origin = try await rest("/instances/\(child.ID)/metadata/AnonymizedFrom")
      if String(decoding: origin, as: UTF8.self) == instance { return child.ID }
    }
    throw Refusal(output: "no anonymized instance")
  }

  /// The values of an instance, each by the way to it: `0008,1140[0]/0008,1155`.
  fileprivate func attributes(of instance: String) async throws -> [String: String] {
    let tags = try JSONSerialization.jsonObject(with: await rest("/instances/\(instance)/tags"))
    var result: [String: String] = [:]
    func walk(_ tags: Any, _ path: String) {
      for (tag, attribute) in tags as? [String: [String: Any]] ?? [:] {
        switch attribute["Value"] {
        case let text as String: result[path + tag] = text
        case let items as [Any]:
          result[path + tag] = items.isEmpty ? "" : "\(items.count) items"
          for (index, item) in items.enumerated() { walk(item, "\(path)\(tag)[\(index)]/") }
        default: result[path + tag] = ""
        }
      }
    }
    walk(tags, "")
    return result
  }
}
