import Foundation
import Radiology
import Store
import Testing

@Suite struct FindTests {
  let store: Store
  init() throws {
    store = try Store()
    try store.save(intake("1.2.840.10", accession: "A100"))
    try store.save(intake("1.2.840.20", accession: "A200", arrived: noon + 1))
    try store.save(intake("1.3.999.1.2.840", accession: "A200", priority: .stat))
  }

  @Test(
    "a study is found by whatever names it",
    arguments: [
      ("1.2.840.10", ["1.2.840.10"]),
      ("A100", ["1.2.840.10"]),
      ("A200", ["1.3.999.1.2.840", "1.2.840.20"]),
      ("#1", ["1.3.999.1.2.840"]),
      ("#3", ["1.2.840.20"]),
      ("#4", []), ("#0", []), ("#-1", []), ("#x", []), ("", []),
      ("0.10", ["1.2.840.10"]),
      ("1.3.", ["1.3.999.1.2.840"]),
      ("1.2.", ["1.2.840.10", "1.2.840.20"]),
      ("20", []),
      ("%840%", []), ("1_2_", []), ("' OR 1=1", []),
    ])
  func find(words: String, uids: [String]) throws {
    #expect(try store.find(words).map(\.uid) == uids)
  }

  @Test("the whole UID counts before an accession number that looks like it")
  func precedence() throws {
    try store.save(intake("1.4", accession: "1.2.840.10"))
    #expect(try store.find("1.2.840.10").map(\.uid) == ["1.2.840.10"])
  }

  @Test("one study is given, none is not found, several are ambiguous")
  func named() throws {
    #expect(try store.study(named: "A100").uid == "1.2.840.10")
    #expect(throws: StoreError.notFound) { try store.study(named: "A300") }
    #expect(throws: StoreError.ambiguous(count: 2)) { try store.study(named: "A200") }
  }
}
