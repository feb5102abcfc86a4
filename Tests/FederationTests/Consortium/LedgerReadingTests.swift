import Crypto
import Foundation
import Testing

@testable import Federation

@Suite("A coordinator's ledger as a site reads it")
struct LedgerReadingTests {
  private func line(_ before: String, _ message: String) -> String {
    #"{"before":"\#(before)","round":1,"updates":[{"examples":7,"message":"\#(message)"}]}"#
  }

  private func digest(_ line: String) -> String {
    Array(SHA256.hash(data: Data(line.utf8))).hexadecimal
  }

  @Test("lines that follow from each other name every update that was used")
  func read() throws {
    let first = line("", "aa")
    let second = line(digest(first), "bb")
    let measured = line(digest(second), "cc").replacing(
      "\"round\"", with: "\"kind\":\"evaluate\",\"round\"")
    let reading = try LedgerReading(Data("\(first)\n\(second)\n\(measured)\n".utf8))
    #expect(reading.lines == 3)
    #expect(reading.updates.map(\.message) == ["aa", "bb"])
    #expect(reading.updates.allSatisfy { $0.examples == 7 })
  }

  @Test("a line that was changed, taken out, put first or cut is found")
  func broken() throws {
    let first = line("", "aa")
    let second = line(digest(first), "bb")
    for text in [
      "\(first.replacing("7", with: "8"))\n\(second)\n", "\(second)\n",
      "\(second)\n\(first)\n", "\(first)\n\(second)", "\(first)\n[]\n",
    ] {
      #expect(throws: ConsortiumError.self) { try LedgerReading(Data(text.utf8)) }
    }
  }

  @Test("what nobody signed is not taken for signed")
  func unsigned() throws {
    let text = Data("\(line("", "aa"))\n".utf8)
    #expect(throws: ConsortiumError.self) {
      try LedgerReading(text, signedBy: P256.Signing.PrivateKey().publicKey)
    }
  }
}
