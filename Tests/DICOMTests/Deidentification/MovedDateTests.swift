import Foundation
import TestSupport
import Testing

@testable import DICOM

@Suite("A patient's dates")
struct MovedDateTests {
  @Test("move by whole days, so that intervals stay", arguments: 0..<50)
  func intervals(seed: UInt64) throws {
    var random = Seeded(seed)
    let days = Int.random(in: -3650...(-1), using: &random)
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    for _ in 0..<50 {
      let date = Date(timeIntervalSince1970: .random(in: -3e9...3e9, using: &random))
      let moved = calendar.date(byAdding: .day, value: days, to: date)
      #expect(
        MovedDate(days: days).date(text(date, calendar)) == moved.map { text($0, calendar) })
    }
  }

  private func text(_ date: Date, _ calendar: Calendar) -> String {
    let parts = calendar.dateComponents([.year, .month, .day], from: date)
    return String(format: "%04d%02d%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
  }

  @Test("know leap years")
  func leapYears() {
    let yesterday = MovedDate(days: -1)
    #expect(yesterday.date("20240301") == "20240229")
    #expect(yesterday.date("20230301") == "20230228")
    #expect(yesterday.date("19000301") == "19000228")
    #expect(yesterday.date("20000301") == "20000229")
    #expect(yesterday.date("2024.03.01") == "20240229")
  }

  @Test(
    "become nothing where they are none",
    arguments: ["", "2024", "20241301", "20230229", "20240100", "00000101", "Müller", "2024-01-01"])
  func noDates(text: String) {
    #expect(MovedDate(days: -7).date(text) == "")
  }

  @Test("keep their times, and lose the time zone, which tells the place")
  func times() {
    let moved = MovedDate(days: -1)
    #expect(moved.dateTime("20240301123456.789+0530") == "20240229123456.789")
    #expect(moved.dateTime("20240301-0800") == "20240229")
    #expect(moved.dateTime("202403") == "")
    #expect(moved.dateTime("20240301 Dr Who") == "20240229")
    #expect(moved.time("091011.5") == "091011.5")
    #expect(moved.time("noon at Smith's") == "")
  }
}
