import Radiology
import Store
import Testing

@Suite struct StoreErrorTests {
  @Test(
    "every error says in whole sentences what failed and what to do",
    arguments: [
      StoreError.diskFull, .newerStore(found: 2, supported: 1), .notPermitted(path: "/x"),
      .damaged("a row cannot be understood"), .gone, .busy, .failed("SQLite says 1"), .notFound,
      .ambiguous(count: 2), .signed, .nobodySigns, .patientInTwoParts, .rejectedModel,
      .auditBroken(number: 3),
    ])
  func sentences(error: StoreError) {
    #expect(error.description.hasSuffix("."))
    #expect(error.description.count > 40)
  }

  @Test("a refused signature lists what is in the way")
  func blocked() throws {
    let signing = SigningGuard(
      review: nil, report: report("1", ""), triage: nil, images: whole, by: "Dr Osei")
    let text = StoreError.blocked(signing.blocking).description
    #expect(text.contains("neither normal nor suspicious; Impression is empty"))
  }
}
