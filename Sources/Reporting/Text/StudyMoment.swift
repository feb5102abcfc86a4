import DICOM
import Foundation
import Radiology

/// A day that the calendar has.
struct CalendarDay: Hashable, Sendable {
  /// `YYYYMMDD`, as value representation DA and HL7 v2 have it.
  let compact: String

  /// Nothing for a text that is no day, such as `19990231`.
  init?(_ text: String) {
    let calendar = Calendar(identifier: .gregorian)
    guard text.utf8.count == 8, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let year = Int(text.prefix(4)), year > 0, let month = Int(text.dropFirst(4).prefix(2)),
      let day = Int(text.suffix(2)),
      DateComponents(calendar: calendar, year: year, month: month, day: day).isValidDate
    else { return nil }
    compact = text
  }

  /// `YYYY-MM-DD`, as FHIR has it.
  var dashed: String { compact.dashedDate }
}

/// When a study was made, as far as its images say so in a way that can be true.
struct StudyMoment: Hashable, Sendable {
  let day: CalendarDay
  /// `HHMMSS`, where it is known.
  let time: String?

  init?(_ study: Study) {
    guard let day = study.date.flatMap(CalendarDay.init) else { return nil }
    self.day = day
    let digits = Array(study.time?.utf8.prefix { $0 != 0x2e } ?? "".utf8.prefix(0))
    guard [4, 6].contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
      digits[..<2].number < 24, digits[2..<4].number < 60, digits[4...].number < 60
    else {
      time = nil
      return
    }
    let text = String(decoding: digits, as: UTF8.self)
    time = text + String(repeating: "0", count: 6 - digits.count)
  }

  /// As FHIR has dates: a time is told with the offset of its zone, or not at all.
  func fhir(in timeZone: TimeZone) -> String {
    guard let time, let hour = Int(time.prefix(2)), let minute = Int(time.dropFirst(2).prefix(2)),
      let second = Int(time.suffix(2)), let year = Int(day.compact.prefix(4)),
      let month = Int(day.compact.dropFirst(4).prefix(2)),
      let dayOfMonth = Int(day.compact.suffix(2))
    else { return day.dashed }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = timeZone
    let components = DateComponents(
      year: year, month: month, day: dayOfMonth, hour: hour, minute: minute, second: second)
    guard let date = calendar.date(from: components) else { return day.dashed }
    return Clock(timeZone: timeZone).instant(date)
  }

  /// As HL7 v2 has dates: local, like the study's.
  var hl7: String { day.compact + (time ?? "") }
}

extension Clock {
  /// That of a document's dates: the study's, as far as its images tell.
  init(_ head: ObjectHead) {
    let header = head.sources.lazy.compactMap(\.header).first
    timeZone = header.map(head.timeZone) ?? head.identity.timeZone
  }

  /// `2026-11-23T13:24:00+01:00`.
  func instant(_ date: Date) -> String {
    let (day, time) = date.dicom(in: timeZone)
    let parts = [time.prefix(2), time.dropFirst(2).prefix(2), time.suffix(2)]
    return "\(day.dashedDate)T\(parts.joined(separator: ":"))\(offset(at: date, ":"))"
  }

  /// `20261123132400+0100`.
  func hl7(_ date: Date) -> String {
    let (day, time) = date.dicom(in: timeZone)
    return day + time + offset(at: date, "")
  }

  private func offset(at date: Date, _ separator: String) -> String {
    let minutes = timeZone.secondsFromGMT(for: date) / 60
    let digits = [abs(minutes) / 60, abs(minutes) % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
    return (minutes < 0 ? "-" : "+") + digits.joined(separator: separator)
  }
}

extension ArraySlice<UInt8> {
  /// The number that ASCII digits write; 0 for none.
  fileprivate var number: Int { reduce(0) { $0 * 10 + Int($1 - 0x30) } }
}
