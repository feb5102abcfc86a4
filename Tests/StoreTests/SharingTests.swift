import Foundation
import Radiology
import Store
import Testing

@Suite struct SharingTests {
  let home = TemporaryHome()

  @Test("two stores on one folder write at once and lose nothing")
  func twoStores() async throws {
    let stores = try [home.open(), home.open()]
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, store) in stores.enumerated() {
        group.addTask {
          for number in 0..<50 { try store.save(intake("1.\(index + 1).\(number)")) }
        }
      }
      try await group.waitForAll()
    }
    #expect(try stores[0].worklist().count == 100)
    #expect(try stores[0].worklist() == stores[1].worklist())
    #expect(try stores[1].verifyAudit() == 100)
  }

  @Test("two programs make and fill one store at once and lose nothing")
  func twoPrograms() async throws {
    let path = home.url.path
    async let other: Void = anotherProgram(path)
    let store = try home.open()
    for number in 0..<50 { try store.save(intake("1.1.\(number)")) }
    await other
    #expect(try store.studies().count == 100)
    #expect(try store.verifyAudit() == 100)
  }

  private func anotherProgram(_ path: String) async {
    await #expect(processExitsWith: .success) { [path = path as String] in
      let store = try Store(home: URL(filePath: path, directoryHint: .isDirectory))
      for number in 0..<50 { try store.save(intake("1.2.\(number)")) }
    }
  }

  @Test("many stores that open a new folder at once all find it ready", arguments: 0..<5)
  func opening(time: Int) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<6 {
        group.addTask { try home.open().save(intake("1.\(number)")) }
      }
      try await group.waitForAll()
    }
    #expect(try home.open().studies().count == 6)
  }

  @Test("two readers cannot both sign")
  func bothSign() async throws {
    let stores = try [home.open(), home.open()]
    try stores[0].save(intake())
    let signatures = await withTaskGroup(of: Bool.self) { group in
      for store in stores {
        group.addTask {
          (try? store.sign(report(), review: review(), by: "Dr Osei", at: noon)) != nil
        }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(signatures == 1)
    #expect(try stores[0].reports(of: "1.2.3").map(\.version) == [1])
  }

  @Test("the version tells of our own changes and of another's, and of nothing else")
  func version() throws {
    let ours = try home.open()
    let theirs = try home.open()
    for store in [ours, theirs] {
      let before = try ours.version()
      #expect(try ours.version() == before)
      _ = try store.worklist()
      #expect(try ours.version() == before)
      try store.set("x", forKey: "y")
      #expect(try ours.version() != before)
    }
  }

  @Test("a store in memory tells of its changes too")
  func memory() throws {
    let store = try Store()
    let before = try store.version()
    _ = try store.worklist()
    #expect(try store.version() == before)
    try store.set("x", forKey: "y")
    #expect(try store.version() != before)
  }

  @Test("the stream says so once after any number of changes, ours or another's")
  func changes() async throws {
    let ours = try home.open()
    let theirs = try home.open()
    var changes = ours.changes(every: .milliseconds(1)).makeAsyncIterator()
    for store in [theirs, ours] {
      try store.save(intake(UID.make()))
      try store.save(intake(UID.make()))
      #expect(await changes.next() != nil)
    }
  }

  @Test("the stream is silent without a change and ends with the task that waits")
  func quiet() async throws {
    let store = try home.open()
    let waiting = Task {
      var count = 0
      for await _ in store.changes(every: .milliseconds(1)) { count += 1 }
      return count
    }
    try await Task.sleep(for: .milliseconds(30))
    waiting.cancel()
    #expect(await waiting.value == 0)
  }
}
