import Foundation
import TestSupport
import Testing

/// What the manual promises is what the program knows.
@Suite struct ManualTests {
  @Test("the manual of secondlook-dicom names every option of its help, and no other")
  func options() async throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../man/secondlook-dicom.1")
    let manual = try String(contentsOf: page, encoding: .utf8)
    let help = try await secondlookDICOM("receive", "--help")
    #expect(help.status == 0)
    let named = Set(help.output.matches(of: #/--[a-z-]+/#).map(\.output))
    #expect(named.count > 15)
    #expect(Set(manual.matches(of: #/--[a-z-]+/#).map(\.output)).subtracting(["--help"]) == named)
  }

  @Test(
    "words that it does not know are answered with what it knows",
    arguments: [
      ["receive", "--spool"], ["receive", "--sppol", "a"], ["echo", "localhost"],
      ["find", "localhost", "99999", "--calling", "A", "--called", "B"],
      ["echo", "localhost", "104", "--calling", "A TITLE THAT IS TOO LONG", "--called", "B"],
      ["find", "localhost", "104", "--calling", "A", "--called", "B", "--key", "a.pem"],
    ])
  func wrongUse(words: [String]) async throws {
    let outcome = try await Tool(executable: Receiver.executable, arguments: words).outcome()
    #expect(outcome.status == 3)
    #expect(outcome.output.hasPrefix("Error: ") && outcome.output.hasSuffix(".\n"))
  }
}
