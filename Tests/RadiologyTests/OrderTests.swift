import Radiology
import Testing

@Suite("Orders and studies elsewhere")
struct OrderTests {
  @Test(
    "an order's priority is what its word says, and a word nobody defined is routine",
    arguments: [
      ("STAT", Priority.stat), ("stat", .stat), ("HIGH", .urgent), ("ROUTINE", .routine),
      ("MEDIUM", .routine), ("LOW", .routine), ("", .routine), ("ASAP", .routine),
    ])
  func priority(word: String, expected: Priority) {
    #expect(Priority(requested: word) == expected)
  }

  @Test("the newest study comes first, and one without a date last")
  func newestFirst() {
    let studies = [
      RemoteStudy(uid: "1.1", source: "PACS"),
      RemoteStudy(uid: "1.2", source: "PACS", date: "20240101", time: "0800"),
      RemoteStudy(uid: "1.3", source: "PACS", date: "20250101"),
      RemoteStudy(uid: "1.4", source: "PACS", date: "20240101", time: "0900"),
    ]
    #expect(studies.sorted(by: RemoteStudy.comesFirst).map(\.uid) == ["1.3", "1.4", "1.2", "1.1"])
  }
}
