import DICOM
import Foundation

/// Dates as people write them, in one time zone.
struct Clock {
  let timeZone: TimeZone

  /// `2026-11-23 13:24`, with the zone's offset from Greenwich.
  func text(_ date: Date) -> String {
    let (day, time) = date.dicom(in: timeZone)
    let minutes = timeZone.secondsFromGMT(for: date) / 60
    let zone = minutes == 0 ? "UTC" : "UTC\(minutes < 0 ? "-" : "+")\(abs(minutes).hours)"
    return "\(day.dashedDate) \(time.colonTime) \(zone)"
  }
}

extension Int {
  /// Minutes as `1:30`, whole hours as `2`.
  fileprivate var hours: String { self % 60 == 0 ? "\(self / 60)" : "\(self / 60):\(self % 60)" }
}

extension Double {
  /// `8.1 %`.
  var percent: String { "\((self * 1000).rounded() / 10) %" }
}

extension String {
  /// `FAMILY^GIVEN` as `Family, Given` would be spoken; the first spelling that says anything.
  var personal: String { PersonName(self).display }

  /// `090500.12` as `09:05`; anything else as it is.
  var colonTime: String {
    guard utf8.count >= 4, utf8.prefix(4).allSatisfy({ (0x30...0x39).contains($0) }) else {
      return self
    }
    return "\(prefix(2)):\(dropFirst(2).prefix(2))"
  }
}

extension [String?] {
  /// Those that say something.
  var compacted: [String] { compactMap { $0 }.filter { !$0.isEmpty } }
}
