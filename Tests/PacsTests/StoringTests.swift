import DICOM
import Foundation
import TestSupport
import Testing

/// What a peer sends is in the spool as it was sent, and only then is it acknowledged.
@Suite struct StoringTests {
  @Test("an object arrives bit for bit, with who sent it and how it is encoded in front")
  func bitForBit() async throws {
    let receiver = try await Receiver()
    var random = Seeded(1)
    let dataSet = (0..<100_001).map { _ in UInt8.random(in: 0...255, using: &random) } + [0]
    let context = Peer.Context(encodings: [UIDs.highThroughput, UIDs.jpegLossless, UIDs.explicit])
    let status = try await Peer.talk(to: receiver.port) { peer in
      #expect(try peer.associate([context]) == .accepted([0]))
      defer { try? peer.release() }
      return try peer.store("1.2.3.4", dataSet)
    }
    #expect(status == 0)
    let file = [UInt8](try Data(contentsOf: try #require(receiver.arrived().first)))
    #expect(Array(file.suffix(dataSet.count)) == dataSet)
    let meta = String(decoding: file.dropLast(dataSet.count), as: UTF8.self)
    for text in ["DICM", UIDs.digitalXRay, "1.2.3.4\0", UIDs.jpegLossless, "MODALITY"] {
      #expect(meta.contains(text))
    }
    let event = try await receiver.event("association")
    #expect(event.stored == 1 && event.failed == 0 && event.bytes == dataSet.count)
    #expect(event.calling == "MODALITY" && event.called == "SECONDLOOK")
    #expect(event.address == "127.0.0.1")
    #expect(try receiver.receiving().isEmpty)
    #expect(await receiver.stop() == 0)
  }

  @Test("two objects that call themselves the same are both kept")
  func sameName() async throws {
    let receiver = try await Receiver()
    try await Peer.talk(to: receiver.port) { peer in
      try peer.associate()
      #expect(try peer.store("1.2.3", [1, 1]) == 0)
      #expect(try peer.store("1.2.3", [2, 2]) == 0)
    }
    let ends = try receiver.arrived().map { try Data(contentsOf: $0).last }
    #expect(ends == [1, 2])
    await receiver.stop()
  }

  @Test("six peers at once lose nothing and mix nothing up")
  func atOnce() async throws {
    let receiver = try await Receiver()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for peer in UInt8(1)...6 {
        group.addTask { [port = receiver.port] in
          try await Peer.talk(to: port) {
            try $0.associate()
            for size in 1...20 {
              let dataSet = [UInt8](repeating: peer, count: 4_000 * size)
              #expect(try $0.store("1.2.\(peer).\(size)", dataSet) == 0)
            }
            try $0.release()
          }
        }
      }
      try await group.waitForAll()
    }
    let files = try receiver.arrived().map { [UInt8](try Data(contentsOf: $0)) }
    #expect(files.count == 120)
    #expect(files.allSatisfy { Set($0.suffix(4_000)).count == 1 })
    #expect(try await receiver.event("association").stored == 20)
    await receiver.stop()
  }

  @Test("an object is readable by its owner alone")
  func permissions() async throws {
    let receiver = try await Receiver()
    try await Peer.talk(to: receiver.port) { peer in
      try peer.associate()
      _ = try peer.store("1.2.3", [1, 1])
    }
    let file = try #require(receiver.arrived().first)
    let permissions = { (place: URL) in
      try FileManager.default.attributesOfItem(atPath: place.path)[.posixPermissions] as? Int
    }
    #expect(try permissions(file) == 0o600)
    #expect(try permissions(file.deletingLastPathComponent()) == 0o700)
    await receiver.stop()
  }

  @Test(
    "every real file that DCMTK can send arrives, and our own reader and DCMTK's agree on it",
    .enabled(if: hasDCMTK && SharedFiles.hasDICOM))
  func realFiles() async throws {
    let receiver = try await Receiver()
    let rows = try SharedFiles.index().compactMap { $0["file"] }.filter { $0.hasPrefix("CT") }
    let files = rows.map { SharedFiles.dicom.appending(path: $0).path }
    let outcome = try await Tool(
      executable: URL(filePath: "/usr/bin/dcmsend"),
      arguments: [
        "-v", "--no-halt", "-aet", "MODALITY", "-aec", "SECONDLOOK", "127.0.0.1",
        "\(receiver.port)",
      ] + files
    ).outcome()
    #expect(outcome.status == 0, "\(outcome)")
    let sent = outcome.output.matches(of: #/Received C-STORE Response \(Success\)/#).count
    let arrived = try receiver.arrived()
    #expect(sent > 10)
    #expect(arrived.count == sent)
    for file in arrived {
      let read = try DICOMFile.read(Data(contentsOf: file))
      let name = try #require(read.meta.string(.mediaStorageSOPInstanceUID))
      #expect(read.dataSet.string(.sopInstanceUID) == name)
      let dump = try await run("dcmdump", "-q", "+P", "SOPInstanceUID", file.path)
      #expect(dump.output.contains("[\(name)]"))
    }
    await receiver.stop()
  }

  @Test("what Orthanc stores at us arrives", .enabled(if: Orthanc.isHere && SharedFiles.hasImage))
  func orthanc() async throws {
    let receiver = try await Receiver()
    try await Orthanc.running(peer: receiver.port) { orthanc in
      let image = try Data(contentsOf: SharedFiles.image)
      let answer = try await orthanc.rest("/instances", post: image)
      let identifier = try #require(
        String(decoding: answer, as: UTF8.self)
          .firstMatch(of: #/"ID" : "([^"]+)"/#)?.1)
      _ = try await orthanc.rest("/modalities/secondlook/store", post: Data(identifier.utf8))
    }
    #expect(try receiver.arrived().count == 1)
    #expect(try await receiver.event("association").calling == "ORTHANC")
    await receiver.stop()
  }
}
