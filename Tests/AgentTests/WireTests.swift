import Crypto
import Engine
import Foundation
import Imaging
import Radiology
import Testing
import Triage

@testable import Agent
@testable import Federation

/// What passes between hospitals, byte by byte.
struct WireTests {
  /// Two rounds of two hospitals, with one of them as `change` makes it.
  private func complaints(
    _ change: (@Sendable (inout [UInt8], Secret) -> Void)? = nil
  ) async throws -> (complaints: [String], messages: [Recorder.Message]) {
    let chests = try LabelledChests()
    defer { chests.clean() }
    let secret = try Secret(chests)
    let keys = Keys(LabelledChests.sites + ["coordinator"])
    let recorder = Recorder()
    var simulation = try chests.simulation { $0.quorum = 1 }
    simulation.key = { keys($0) }
    simulation.channel = { parties in
      recorder.channel(
        over: LocalChannel(
          parties.map { party in
            guard let change, party.name == "north" else { return party }
            return FalseSite(honest: party, key: keys(party.name)) { change(&$0, secret) }
          }))
    }
    // A false site's own run may fail at the end; what it sent was seen all the same.
    do { _ = try await simulation.run { _ in } } catch  where change != nil {}
    let inspector = WireInspector(
      coordinator: keys("coordinator").publicKey,
      sites: LabelledChests.sites.map { keys($0).publicKey },
      shape: try Network.chest(side: 64, widths: [16, 16], blocks: [0, 0]).freshParameters(seed: 1),
      seed: 1, mostLessons: chests.data.manifest.rows.count,
      secrets: try Secrets(of: chests.data, preparedBy: LabelledChests.preprocessing))
    return (inspector.complaints(about: recorder.messages), recorder.messages)
  }

  /// One lesson of the false site.
  private struct Secret: Sendable {
    let picture: [UInt8]
    let input: [Float]
    let patient: String

    init(_ chests: LabelledChests) throws {
      let row = try #require(chests.data.manifest.rows.first { $0.site == "north" })
      picture = [UInt8](try Data(contentsOf: chests.data.folder.appending(path: row.file)))
      input = try LabelledChests.preprocessing(.read(png: picture)).input
      patient = row.patient
    }
  }

  @Test("parameters, counts, sums and signatures pass between hospitals, and not one byte more")
  func everyByte() async throws {
    let (complaints, messages) = try await complaints()
    #expect(complaints == [])
    // Both sites, both ways: the lessons, two rounds, evidence, distances, and the model.
    #expect(messages.count == 2 * 2 * 6)
    #expect(Set(messages.map(\.site)) == Set(LabelledChests.sites))
    #expect(messages.count { $0.bytes.starts(with: Array(SealedUpdate.magic.utf8)) } == 4)
  }

  @Test("a picture behind an update is noticed")
  func pictureBehind() async throws {
    let found = try await complaints { $0 += $1.picture }.complaints
    #expect(found.contains { $0.contains("run of bytes") })
  }

  @Test("pixels in the place of parameters are noticed")
  func pixelsAsParameters() async throws {
    let found = try await complaints { bytes, secret in
      // Behind an entry's name come the number of its extents, four extents, and its values.
      guard bytes.starts(with: Array(SealedUpdate.magic.utf8)),
        let name = Data(bytes).range(of: Data("stage2.down.weight".utf8))
      else { return }
      let pixels = Secrets.bytes(of: Array(secret.input[2000..<2300]))
      let start = name.upperBound + 17
      bytes.replaceSubrange(start..<start + pixels.count, with: pixels)
    }.complaints
    #expect(!found.isEmpty)
    #expect(found.allSatisfy { $0 == "north: a run of bytes of an image" })
  }

  @Test("a patient's name in the place of a parameter's is noticed")
  func patientAsName() async throws {
    let found = try await complaints { bytes, secret in
      guard let place = Data(bytes).range(of: Data("evidence.weight".utf8)) else { return }
      bytes.replaceSubrange(place, with: Array(secret.patient.utf8.prefix(15)))
    }.complaints
    #expect(!found.isEmpty)
  }

  @Test("statistics of another name than the documented ones are noticed")
  func otherStatistics() async throws {
    let found = try await complaints { bytes, secret in
      guard bytes.starts(with: Array(SealedAnswer.magic.utf8)) else { return }
      var statistics = Statistics()
      statistics.histograms.append(
        Statistics.Histogram(name: "greys", counts: secret.picture.map { Int($0) }))
      bytes.replaceSubrange(42..<bytes.count, with: statistics.encoded())
    }.complaints
    #expect(found.contains { $0.contains("greys") })
  }

  @Test("a sum of one lesson is noticed")
  func sumOfOne() async throws {
    let sums = [
      Statistics.Sum(name: "figures.0", lessons: 1, values: [Double](repeating: 1, count: 2484))
    ]
    let found = try await complaints { bytes, _ in
      guard bytes.starts(with: Array(SealedAnswer.magic.utf8)) else { return }
      bytes.replaceSubrange(42..<bytes.count, with: Statistics(sums: sums).encoded())
    }.complaints
    #expect(found.contains { $0.contains("five lessons") })
  }
}
