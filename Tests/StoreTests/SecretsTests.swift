import Foundation
import Testing

@testable import Store

@Suite("A store's secret")
struct SecretsTests {
  @Test("is made once, kept, and known to no other store")
  func once() throws {
    let home = FileManager.default.temporaryDirectory.appending(path: "secret-\(UUID())")
    defer { try? FileManager.default.removeItem(at: home) }
    let secret = try Store(home: home).secret(for: "pseudonyms")
    #expect(secret.count == 32)
    #expect(try Store(home: home).secret(for: "pseudonyms") == secret)
    #expect(try Store(home: home).secret(for: "something else") != secret)
    #expect(try Store().secret(for: "pseudonyms") != secret)
  }

  @Test(
    "is not made anew where it was damaged",
    arguments: ["", "abc", String(repeating: "g", count: 64)])
  func damaged(text: String) throws {
    let store = try Store()
    try store.set(text, forKey: "secret.pseudonyms")
    #expect(throws: StoreError.self) { try store.secret(for: "pseudonyms") }
    #expect(try store.value(forKey: "secret.pseudonyms") == text)
  }
}
