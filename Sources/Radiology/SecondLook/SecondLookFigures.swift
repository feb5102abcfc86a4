public import Foundation

/// What second looks came to, for those who answer for the quality of reading; names nobody.
public struct SecondLookFigures: Codable, Sendable, Hashable {
  /// Scores that were given in one week.
  public struct Week: Codable, Sendable, Hashable {
    /// ISO 8601, for example `2026-W48`.
    public let week: String
    /// How often each score was given.
    public let scores: [String: Int]

    public init(week: String, scores: [String: Int]) {
      self.week = week
      self.scores = scores
    }
  }

  /// Signed studies that a model had judged, and those of them that it had called otherwise.
  public let judged: Int
  public let discordant: Int
  /// How many entries there are in each state, and for each reason.
  public let states: [String: Int]
  public let reasons: [String: Int]
  /// The oldest first.
  public let weeks: [Week]

  /// Share of the judged studies that reader and model call differently; none without any.
  public var discordanceRate: Double? {
    judged > 0 ? Double(discordant) / Double(judged) : nil
  }

  public init(of looks: [SecondLook], judged: Int, discordant: Int, in zone: TimeZone) {
    self.judged = judged
    self.discordant = discordant
    states = Self.count(looks.map(\.state.rawValue))
    reasons = Self.count(looks.map(\.reason.rawValue))
    let readings = looks.compactMap(\.second)
    weeks = Dictionary(grouping: readings) { Self.week(of: $0.at, in: zone) }
      .map { Week(week: $0, scores: Self.count($1.map(\.score.rawValue))) }
      .sorted { $0.week < $1.week }
  }

  private static func count(_ words: [String]) -> [String: Int] {
    words.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }

  private static func week(of date: Date, in zone: TimeZone) -> String {
    var calendar = Calendar(identifier: .iso8601)
    calendar.timeZone = zone
    let parts = calendar.dateComponents([.yearForWeekOfYear, .weekOfYear], from: date)
    let (year, week) = (parts.yearForWeekOfYear ?? 0, parts.weekOfYear ?? 0)
    return "\(year)-W\(week < 10 ? "0" : "")\(week)"
  }
}
