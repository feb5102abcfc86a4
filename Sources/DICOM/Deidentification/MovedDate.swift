/// Dates and times of a patient, moved by whole days; what is no date becomes nothing.
///
/// Source: PS3.5 table 6.2-1 for DA, DT and TM, PS3.15 E.3.6 for the option.
struct MovedDate {
  /// Negative into the past.
  let days: Int

  /// One value of a date (`YYYYMMDD`, or `YYYY.MM.DD` of old files).
  func date(_ text: String) -> String {
    let digits =
      text.utf8.count == 10 && text.count(where: { $0 == "." }) == 2
      ? text.replacing(".", with: "") : text
    return CivilDate(digits).flatMap { $0.moved(by: days) }?.text ?? ""
  }

  /// One value of a date with time.
  ///
  /// What is not known to the day cannot be moved by days. The time zone goes: it tells the place.
  func dateTime(_ text: String) -> String {
    let local = text.prefix { $0 != "+" && $0 != "-" }
    guard local.utf8.count >= 8, case let moved = date(String(local.prefix(8))), !moved.isEmpty
    else { return "" }
    return moved + time(String(local.dropFirst(8)))
  }

  /// One value of a time, which stays if it is one.
  func time(_ text: String) -> String {
    let isTime =
      text.utf8.count <= 16
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || $0 == 0x2e || $0 == 0x3a
      }
    return isTime ? text : ""
  }
}

/// A day of the Gregorian calendar.
struct CivilDate: Equatable {
  let year: Int
  let month: Int
  let day: Int

  init(year: Int, month: Int, day: Int) {
    (self.year, self.month, self.day) = (year, month, day)
  }

  /// A day written as `YYYYMMDD`; nil for a day that no calendar has.
  init?(_ text: String) {
    let digits = text.utf8.map { Int($0) - 0x30 }
    guard digits.count == 8, digits.allSatisfy({ (0...9).contains($0) }) else { return nil }
    func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + $1 } }
    self.init(year: number(0..<4), month: number(4..<6), day: number(6..<8))
    guard year > 0, (1...12).contains(month), CivilDate(count: count) == self else { return nil }
  }

  var text: String { padded(year, 4) + padded(month, 2) + padded(day, 2) }

  /// The day so many days later, or nil outside the years 1 to 9999.
  func moved(by days: Int) -> CivilDate? {
    let moved = CivilDate(count: count + days)
    return (1...9999).contains(moved.year) ? moved : nil
  }

  // MARK: Machinery

  /// Days since 1 March of year 0, in years that begin in March so that leap days come last.
  private var count: Int {
    let shifted = month <= 2 ? year - 1 : year
    let (era, ofEra) = (shifted / 400, shifted % 400)
    let ofYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear
  }

  private init(count: Int) {
    let era = (count < 0 ? count - 146_096 : count) / 146_097
    let ofEra = count - era * 146_097
    let years = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * years + years / 4 - years / 100)
    let month = (5 * ofYear + 2) / 153
    day = ofYear - (153 * month + 2) / 5 + 1
    self.month = month < 10 ? month + 3 : month - 9
    year = years + era * 400 + (self.month <= 2 ? 1 : 0)
  }

  private func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
