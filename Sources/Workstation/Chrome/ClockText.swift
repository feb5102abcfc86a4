import Foundation

/// Times and ages as people read them.
enum ClockText {
  /// `14:02`.
  static func time(_ date: Date, in zone: TimeZone) -> String {
    let seconds = local(date, in: zone)
    return "\(two(seconds / 3600 % 24)):\(two(seconds / 60 % 60))"
  }

  /// `2025-11-23`.
  static func day(_ date: Date, in zone: TimeZone) -> String {
    var days = local(date, in: zone) / 86_400
    // From days to a civil date: Howard Hinnant, "chrono-compatible low-level date algorithms".
    days += 719_468
    let era = days / 146_097
    let ofEra = days - era * 146_097
    let year = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * year + year / 4 - year / 100)
    let part = (5 * ofYear + 2) / 153
    let month = part < 10 ? part + 3 : part - 9
    return "\(year + era * 400 + (month <= 2 ? 1 : 0))-\(two(month))-"
      + two(ofYear - (153 * part + 2) / 5 + 1)
  }

  /// `2025-11-23 08:41`, or the time alone if it is today.
  static func moment(_ date: Date, now: Date, in zone: TimeZone) -> String {
    let day = day(date, in: zone)
    return day == Self.day(now, in: zone)
      ? time(date, in: zone) : "\(day) \(time(date, in: zone))"
  }

  /// `8 s`, `19 min`, `2 h`, `3 d`: how long ago, rounded down.
  static func age(_ date: Date, now: Date) -> String {
    let seconds = now.timeIntervalSince(date)
    switch seconds {
    case ..<0: return "0 s"
    case ..<60: return "\(Int(seconds)) s"
    case ..<3600: return "\(Int(seconds / 60)) min"
    case ..<86_400: return "\(Int(seconds / 3600)) h"
    case ..<(86_400 * 9999): return "\(Int(seconds / 86_400)) d"
    default: return "long"
    }
  }

  /// `20251123` as `2025-11-23`; anything else as it came.
  static func dicomDate(_ text: String) -> String {
    guard text.count == 8, text.allSatisfy(\.isNumber) else { return text }
    return "\(text.prefix(4))-\(text.dropFirst(4).prefix(2))-\(text.suffix(2))"
  }

  /// `084100.00` as `08:41`.
  static func dicomTime(_ text: String) -> String {
    guard text.count >= 4, text.prefix(4).allSatisfy(\.isNumber) else { return text }
    return "\(text.prefix(2)):\(text.dropFirst(2).prefix(2))"
  }

  /// Seconds since 1970 as the zone's own clock counts them; far away dates are cut.
  private static func local(_ date: Date, in zone: TimeZone) -> Int {
    let seconds = min(max(0, date.timeIntervalSince1970), 250_000_000_000)
    return max(0, Int(seconds) + zone.secondsFromGMT(for: date))
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
