import Foundation

/// The form in which HTTP gives the time.
///
/// Source: RFC 9110, section 5.6.7, IMF-fixdate.
enum HTTPDate {
  static func text(_ date: Date) -> String { formatter().string(from: date) }
  static func date(_ text: String) -> Date? { formatter().date(from: text) }

  private static func formatter() -> DateFormatter {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = .gmt
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    return formatter
  }
}
