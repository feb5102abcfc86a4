import Foundation
import Testing

@testable import Federation

@Suite("A site has one key, and keeps it to itself")
struct NodeKeyTests {
  @Test("a key that is missing is made, for its owner only, and is the same ever after")
  func made() async throws {
    try await withFolder { folder in
      let place = folder.appending(path: "key")
      let first = try NodeKey(at: place)
      let rights = try FileManager.default.attributesOfItem(atPath: place.path)[.posixPermissions]
      #expect((rights as? NSNumber)?.intValue == 0o600)
      #expect(try NodeKey(at: place).publicPEM == first.publicPEM)
      #expect(NodeKey().publicPEM != first.publicPEM)
    }
  }

  @Test("programs that start together have one key, and leave nothing else behind")
  func madeTogether() async throws {
    try await withFolder { folder in
      let place = folder.appending(path: "key")
      let keys = try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<32 { group.addTask { try NodeKey(at: place).publicPEM } }
        return try await group.reduce(into: Set<String>()) { $0.insert($1) }
      }
      #expect(keys.count == 1)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["key"])
    }
  }

  @Test("a link that leads nowhere is not taken for a key that is missing")
  func danglingLink() async throws {
    try await withFolder { folder in
      let place = folder.appending(path: "key")
      let elsewhere = folder.appending(path: "elsewhere")
      try FileManager.default.createSymbolicLink(at: place, withDestinationURL: elsewhere)
      #expect(throws: FleetError.self) { try NodeKey(at: place) }
      #expect(!FileManager.default.fileExists(atPath: elsewhere.path))
    }
  }

  @Test("a key that others may read, and a file that holds none, are refused")
  func refused() async throws {
    try await withFolder { folder in
      let place = folder.appending(path: "key")
      _ = try NodeKey(at: place)
      try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: place.path)
      #expect(throws: FleetError.self) { try NodeKey(at: place) }
      let empty = folder.appending(path: "empty")
      #expect(
        FileManager.default.createFile(
          atPath: empty.path, contents: nil, attributes: [.posixPermissions: 0o600]))
      #expect(throws: FleetError.self) { try NodeKey(at: empty) }
      #expect(throws: FleetError.self) { try NodeKey(at: folder.appending(path: "no/such/key")) }
    }
  }

  @Test("a proof is believed for five minutes, of its own key, and of nothing else")
  func proofs() throws {
    let now = Date(timeIntervalSince1970: 1_764_284_400.123456)
    let fields = try NodeKey().proof(at: now)
    func proof(
      _ change: (inout [String]) -> Void = { _ in }, after seconds: TimeInterval = 0
    ) -> NodeProof? {
      var values = fields.map(\.value)
      change(&values)
      return NodeProof(
        key: values[0], timestamp: values[1], signature: values[2],
        at: now.addingTimeInterval(seconds))
    }
    #expect(fields[1].value == "2025-11-27T23:00:00.123456+00:00")
    #expect(proof() != nil && proof(after: 300) != nil && proof(after: -4) != nil)
    #expect(proof(after: 306) == nil && proof(after: -6) == nil)
    let other = try NodeKey().proof(at: now)
    #expect(proof({ $0[0] = other[0].value }) == nil)
    #expect(proof({ $0[1] = $0[1].replacing("56+", with: "57+") }) == nil)
    #expect(proof({ $0[2] = other[2].value }) == nil)
    #expect(proof({ $0[2] = "" }) == nil)
  }
}
