public import Foundation
public import Store

extension Store {
  private static let answers = "answered."

  /// Notes that an archive or a worklist server answered.
  func note(answerFrom peer: String, at date: Date) throws {
    try set("\(date.timeIntervalSinceReferenceDate)", forKey: Self.answers + peer)
  }

  /// When each archive or worklist server answered last, by name.
  public func answers() throws -> [String: Date] {
    try values(below: Self.answers).compactMapValues { text in
      Double(text).map(Date.init(timeIntervalSinceReferenceDate:))
    }
  }
}
