import Foundation
import Store
import Testing

@Suite struct ObjectsTests {
  let home = TemporaryHome()
  let bytes = Data("abc".utf8)
  // FIPS 180-2, appendix B.1.
  let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

  @Test("bytes come back by their SHA-256")
  func keeps() throws {
    let store = try home.open()
    #expect(try store.keep(bytes) == digest)
    #expect(try store.object(digest) == bytes)
    #expect(
      try store.objectURL(digest).path
        == home.url.appending(path: "objects/ba/\(digest)").path)
  }

  @Test("keeping the same bytes twice leaves one file and no drafts")
  func idempotent() throws {
    let store = try home.open()
    _ = try store.keep(bytes)
    #expect(try store.keep(bytes) == digest)
    let folder = try store.objectURL(digest).deletingLastPathComponent()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [digest])
  }

  @Test("changed bytes are never handed out, and keeping the true ones mends them")
  func damaged() throws {
    let store = try home.open()
    _ = try store.keep(bytes)
    try Data("abd".utf8).write(to: store.objectURL(digest))
    #expect(
      throws: StoreError.damaged("the stored image ba7816bf8f01… is not what was stored")
    ) { try store.object(digest) }
    _ = try store.keep(bytes)
    #expect(try store.object(digest) == bytes)
  }

  @Test(
    "what is no digest, or of nothing stored, is not found",
    arguments: [
      "", "../../secret", String(repeating: "A", count: 64), .init(repeating: "0", count: 64),
    ])
  func absent(digest: String) throws {
    let store = try home.open()
    #expect(throws: StoreError.notFound) { try store.object(digest) }
    #expect(throws: StoreError.notFound) { try store.objectURL(digest) }
  }

  @Test("a store in memory keeps images until it goes, and leaves none behind")
  func memory() throws {
    var store: Store? = try Store()
    _ = try store?.keep(bytes)
    let place = try #require(try store?.objectURL(digest))
    #expect(try store?.object(digest) == bytes)
    store = nil
    #expect(!FileManager.default.fileExists(atPath: place.path))
  }

  @Test("an empty file is kept too")
  func empty() throws {
    let store = try home.open()
    #expect(try store.object(store.keep(Data())) == Data())
  }
}

/// Files that are kept without being read into memory.
@Suite struct ObjectFileTests {
  let home = TemporaryHome()

  private func file(_ bytes: Data, in store: Store) throws -> URL {
    let url = try #require(store.home).appending(path: "file-\(UUID().uuidString)")
    try bytes.write(to: url)
    return url
  }

  @Test("a file is kept as its bytes are, and stays where it is", arguments: [false, true])
  func keeps(isSettled: Bool) throws {
    let store = try home.open()
    let bytes = Data((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 ^ $0 >> 8) })
    let file = try file(bytes, in: store)
    let kept = try store.keep(file, settled: isSettled)
    #expect(try kept.digest == store.keep(bytes))
    #expect(kept.bytes == bytes.count)
    #expect(try store.object(kept.digest) == bytes)
    #expect(try Data(contentsOf: file) == bytes)
    #expect(try mode(store.objectURL(kept.digest)) == "600")
    #expect(try store.keep(file, settled: isSettled) == kept)
    let folder = try store.objectURL(kept.digest).deletingLastPathComponent()
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path) == [kept.digest])
  }

  @Test("what is stored outlives the file it came from", arguments: [false, true])
  func outlives(isSettled: Bool) throws {
    let store = try home.open()
    let file = try file(Data("abc".utf8), in: store)
    let kept = try store.keep(file, settled: isSettled)
    try FileManager.default.removeItem(at: file)
    #expect(try store.object(kept.digest) == Data("abc".utf8))
  }

  @Test("a damaged copy is mended by the file", arguments: [false, true])
  func mends(isSettled: Bool) throws {
    let store = try home.open()
    let digest = try store.keep(Data("abc".utf8))
    try Data("abd".utf8).write(to: store.objectURL(digest))
    _ = try store.keep(file(Data("abc".utf8), in: store), settled: isSettled)
    #expect(try store.object(digest) == Data("abc".utf8))
  }

  @Test("a file that is gone is not found, and one that may not be read is named")
  func unreadable() throws {
    let store = try home.open()
    let place = try #require(store.home).appending(path: "gone")
    #expect(throws: StoreError.notFound) { try store.keep(place) }
    #expect(throws: StoreError.self) { try store.keep(place.deletingLastPathComponent()) }
  }
}
