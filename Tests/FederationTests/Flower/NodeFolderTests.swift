import Foundation
import TestSupport
import Testing

@testable import Federation

@Suite("A node's folder is one coordinator's, one program's, and lasts")
struct NodeFolderTests {
  @Test("a folder of another coordinator is refused, unless the coordinator is said to have moved")
  func another() async throws {
    try await withFolder { place in
      let site = try await Site(in: place)
      try site.folder.keep(coordinator: "old.example:8000")
      await #expect(
        throws: FleetError.anotherCoordinator(server: "this machine", kept: "old.example:8000")
      ) { try await site.run(site.local) { _ in true } }
      #expect(await site.coordinator.online.isEmpty)
      for hasMoved in [true, false] {
        try await site.run(site.local, hasMoved: hasMoved) { event in
          if case .online = event { return true }
          return false
        }
      }
    }
  }

  @Test("an address at which nobody answered is not remembered")
  func mistyped() async throws {
    try await withFolder { place in
      let site = try await Site(in: place)
      let stranger = EmbeddedCoordinator(admitting: .keys([]))
      let elsewhere = LocalTransport(stranger, key: site.folder.key)
      await #expect(throws: FleetError.self) { try await site.run(elsewhere) { _ in true } }
      #expect(!site.folder.has(.coordinator))
      try await site.run(site.local) { event in
        if case .online = event { return true }
        return false
      }
      #expect(throws: FleetError.self) { try site.folder.check(isOf: "elsewhere:1") }
    }
  }

  @Test("two nodes with one folder: the second is told so, and does nothing")
  func twice() async throws {
    try await withFolder { place in
      let site = try await Site(in: place)
      try await site.run(site.local) { _ in
        let other = try await Site(in: place)
        await #expect(throws: FleetError.folderInUse) {
          try await other.run(other.local) { _ in true }
        }
        #expect(await other.coordinator.online.isEmpty)
        return true
      }
      // It is free again.
      try await site.run(site.local) { _ in true }
    }
  }

  @Test(
    "another process with the folder is one too many, until it is killed",
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: "/usr/bin/flock"), "flock is not there"))
  func anotherProcess() async throws {
    try await withFolder { place in
      let site = try await Site(in: place)
      let other = try Tool(
        executable: URL(filePath: "/usr/bin/flock"),
        // It alone holds the lock: nobody waits for the end of what it starts.
        arguments: [
          "--close", site.folder.place(of: .lock).path, "/bin/sh", "-c",
          "echo held; exec sleep 3600",
        ]
      ).launch(writingTo: place.appending(path: "log"))
      let held = try? await other.says(#/held/#, within: .seconds(600))
      await #expect(throws: FleetError.folderInUse) {
        try await site.run(site.local) { _ in true }
      }
      other.signal(SIGKILL, toGroup: true)
      _ = await other.end()
      #expect(held != nil)
      try await site.run(site.local) { _ in true }
    }
  }

  @Test("what is kept is its owner's only, whole, and there is nothing beside it")
  func durable() async throws {
    try await withFolder { place in
      let folder = try NodeFolder(place)
      for number in [7, 8] as [UInt64] { try folder.keep(NodeID(rawValue: number)) }
      #expect(try NodeFolder(place).node()?.rawValue == 8)
      let rights = try FileManager.default.attributesOfItem(
        atPath: folder.place(of: .node).path)[.posixPermissions]
      #expect((rights as? NSNumber)?.intValue == 0o600)
      #expect(
        try Set(FileManager.default.contentsOfDirectory(atPath: place.path))
          == ["node", "node-key.pem", "objects", "answer-objects"])
      // A folder where the file belongs: nothing can be put in its place.
      try FileManager.default.createDirectory(
        at: folder.place(of: .answered).appending(path: "x"), withIntermediateDirectories: true)
      #expect(throws: FleetError.self) { try folder.put(line: "a", as: .answered) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).count == 5)
    }
  }

  @Test("an object that the disk has damaged is fetched again")
  func damagedObject() async throws {
    try await withFolder { place in
      let site = try await Site(in: place)
      try await site.ask()
      let question = try #require(try await site.local.pull(as: site.node))
      try site.folder.keep(question)
      for id in question.tree.objects {
        try Data([1, 2, 3]).write(to: site.place.appending(path: "objects/\(id)"))
      }
      try await site.run(site.local) { event in
        switch event {
        case .answered: return true
        case .dropped(let error): throw error
        default: return false
        }
      }
      #expect(try await site.values() == [2, 3])
    }
  }
}
