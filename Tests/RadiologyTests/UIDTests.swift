import Foundation
import Radiology
import Testing

@Suite struct UIDTests {
  @Test("a UUID becomes the decimal number that PS3.5 annex B.2 shows")
  func example() throws {
    let uuid = try #require(UUID(uuidString: "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6"))
    #expect(UID.make(from: uuid) == "2.25.329800735698586629295641978511506172918")
  }

  @Test("the same digest gives the same identifier, another role another one")
  func derived() {
    let digest = String(repeating: "ab01", count: 16)
    #expect(UID.make(digest: digest, role: .study) == UID.make(digest: digest, role: .study))
    #expect(UID.make(digest: digest, role: .study) != UID.make(digest: digest, role: .series))
    #expect(UID.make(digest: digest, role: .study).count <= 64)
  }

  @Test("patients without an identifier are never taken for one")
  func nameless() {
    let one = Patient(identifier: "", name: "A", fallback: "1")
    let other = Patient(identifier: "", name: "A", fallback: "2")
    #expect(one.id != other.id)
  }
}
