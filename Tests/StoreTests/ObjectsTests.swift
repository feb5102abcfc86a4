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
