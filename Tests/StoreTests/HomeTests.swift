import Foundation
import GRDB
import Radiology
import Testing

@testable import Store

@Suite struct HomeTests {
  let home = TemporaryHome()
  var file: URL { home.url.appending(path: "secondlook.sqlite") }

  @Test(
    "the store's place follows the environment",
    arguments: [
      (["SECONDLOOK_HOME": "/a", "XDG_DATA_HOME": "/b", "HOME": "/c"], "/a"),
      (["SECONDLOOK_HOME": "", "XDG_DATA_HOME": "/b", "HOME": "/c"], "/b/secondlook"),
      (["XDG_DATA_HOME": "b", "HOME": "/c"], "/c/.local/share/secondlook"),
      (["HOME": "/c"], "/c/.local/share/secondlook"),
    ])
  func place(environment: [String: String], path: String) {
    let home = Store.defaultHome(environment: environment)
    #expect(home.standardizedFileURL.path == path)
  }

  @Test("only the owner can enter the folder or read a file in it")
  func permissions() throws {
    let store = try home.open()
    try store.save(intake())
    let digest = try store.keep(Data("image".utf8))
    #expect(try mode(home.url) == "700")
    let files = try FileManager.default.contentsOfDirectory(atPath: home.url.path)
    for name in files where name != "objects" {
      #expect(try mode(home.url.appending(path: name)) == "600", "\(name)")
    }
    #expect(Set(files).isSuperset(of: ["secondlook.sqlite", "secondlook.sqlite-wal", "objects"]))
    let object = try store.objectURL(digest)
    #expect(try mode(object) == "600")
    #expect(try mode(object.deletingLastPathComponent()) == "700")
    #expect(try mode(object.deletingLastPathComponent().deletingLastPathComponent()) == "700")
  }

  @Test("whoever leaves the store last leaves one file, and the next one opens it at once")
  func leaves() throws {
    do {
      let store = try home.open()
      try store.save(intake())
      _ = try store.version()
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: home.url.path)
    #expect(files.contains("secondlook.sqlite"))
    #expect(!files.contains { $0.hasSuffix("-wal") || $0.hasSuffix("-shm") })
    #expect(try home.open().studies().count == 1)
  }

  @Test("a store that was opened to others is closed to them again")
  func tightens() throws {
    try home.open().save(intake())
    for (path, mode) in [(home.url.path, 0o755), (file.path, 0o644)] {
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }
    _ = try home.open()
    #expect(try mode(home.url) == "700")
    #expect(try mode(file) == "600")
  }

  @Test("a folder is sealed with all that lies in it, and nothing a link points to")
  func seals() throws {
    let outside = home.url.appending(path: "outside")
    let folder = home.url.appending(path: "a")
    try FileManager.default.createDirectory(
      at: folder.appending(path: "b"), withIntermediateDirectories: true)
    for file in [outside, folder.appending(path: "b/c")] {
      try Data().write(to: file)
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
    }
    try FileManager.default.createSymbolicLink(
      at: folder.appending(path: "link"), withDestinationURL: outside)
    try PrivateFolder.seal(folder)
    #expect(try mode(folder) == "700")
    #expect(try mode(folder.appending(path: "b")) == "700")
    #expect(try mode(folder.appending(path: "b/c")) == "600")
    #expect(try mode(outside) == "644")
  }

  @Test("the store owns what lies in its folder and nothing else")
  func owns() throws {
    let store = try home.open()
    #expect(store.owns(home.url.appending(path: "inbox/a", directoryHint: .isDirectory)))
    #expect(!store.owns(home.url.appending(path: "../elsewhere")))
    #expect(!store.owns(URL(filePath: home.url.path + "2")))
    #expect(try !Store().owns(home.url))
  }

  @Test("a restart finds what was stored, to the last bit of a date")
  func restart() throws {
    let first = intake(images: 2)
    try home.open().save(first)
    let store = try home.open()
    #expect(try store.study("1.2.3") == first.study)
    #expect(try store.patient(of: "1.2.3") == first.patient)
    #expect(try store.series(of: "1.2.3") == first.series)
    #expect(try store.instances(of: "1.2.3") == first.instances)
    #expect(store.home == home.url)
  }

  @Test("a store of a newer version is refused in a sentence and left untouched")
  func newer() throws {
    try home.open().save(intake())
    try sql("PRAGMA user_version = 99")
    let before = try Data(contentsOf: file)
    let error = #expect(throws: StoreError.newerStore(found: 99, supported: 15)) {
      try home.open()
    }
    #expect(error?.description.contains("newer") == true)
    #expect(try Data(contentsOf: file) == before)
  }

  @Test("another program's database is refused and left untouched")
  func foreign() throws {
    try FileManager.default.createDirectory(at: home.url, withIntermediateDirectories: true)
    try sql("CREATE TABLE theirs (x)")
    let before = try Data(contentsOf: file)
    #expect(throws: StoreError.damaged("secondlook.sqlite was made by another program")) {
      try home.open()
    }
    #expect(try Data(contentsOf: file) == before)
  }

  @Test("a file that is no database is refused and left untouched")
  func damaged() throws {
    try FileManager.default.createDirectory(at: home.url, withIntermediateDirectories: true)
    let noise = Data((0..<8192).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    try noise.write(to: file)
    #expect(throws: StoreError.damaged("the database file cannot be understood")) {
      try home.open()
    }
    #expect(try Data(contentsOf: file) == noise)
  }

  @Test("a folder that cannot be made is named")
  func blocked() throws {
    let path = "/dev/null/secondlook"
    #expect(throws: StoreError.notPermitted(path: path)) {
      try Store(home: URL(filePath: path, directoryHint: .notDirectory))
    }
  }

  @Test("a full disk is said to be full, and nothing that was stored is lost")
  func full() throws {
    let store = try home.open()
    try store.save(intake())
    try store.database.writeWithoutTransaction { database in
      let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
      try database.execute(sql: "PRAGMA max_page_count = \(pages)")
    }
    #expect(throws: StoreError.diskFull) {
      for number in 0..<1000 { try store.save(intake("1.9.\(number)", images: 3)) }
    }
    let last = try #require(try store.studies().last)
    #expect(try store.instances(of: last.uid).count == (last.uid == "1.2.3" ? 1 : 3))
    #expect(try store.study("1.2.3") == intake().study)
    try store.verifyAudit()
    try store.database.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA max_page_count = 1000000")
    }
    #expect(try store.save(intake("1.8")).added == 1)
  }

  @Test(
    "what the operating system refuses has its own name",
    arguments: [
      (ENOSPC, StoreError.diskFull), (EDQUOT, .diskFull), (EACCES, .notPermitted(path: "/x")),
      (EROFS, .notPermitted(path: "/x")), (ENOENT, .notFound),
      (EIO, .failed("the operating system says 5")),
    ])
  func errno(code: Int32, error: StoreError) {
    #expect(StoreError(errno: code, path: "/x") == error)
  }

  @Test(
    "SQLite's names for a full disk all say that it is full",
    arguments: [ResultCode.SQLITE_FULL, .SQLITE_IOERR_SHMSIZE])
  func sqlite(code: ResultCode) {
    #expect(StoreError(DatabaseError(resultCode: code)) == .diskFull)
  }

  private func sql(_ text: String) throws {
    let queue = try DatabaseQueue(path: file.path)
    try queue.write { try $0.execute(sql: text) }
    try queue.close()
  }
}
