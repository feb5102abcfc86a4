import Foundation
import Synchronization

/// The form in which HTTP gives the time.
///
/// Source: RFC 9110, section 5.6.7, IMF-fixdate.
enum HTTPDate {
  /// The last one that was written: a busy coordinator says the same hundreds of times a second,
  /// and to make a formatter takes longer than to answer.
  private static let last = Mutex<(second: Int, text: String)?>(nil)

  static func text(_ date: Date) -> String {
    let second = Int(date.timeIntervalSince1970.rounded(.down))
    return last.withLock { last in
      if let last, last.second == second { return last.text }
      let text = formatter().string(from: date)
      last = (second, text)
      return text
    }
  }

  static func date(_ text: String) -> Date? { formatter().date(from: text) }

  private static func formatter() -> DateFormatter {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = .gmt
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    return formatter
  }
}
