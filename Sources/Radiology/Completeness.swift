/// How much of a study there was to see when somebody signs it.
public struct Completeness: Sendable, Hashable {
  /// Images that arrived, and how many of them can be shown.
  public let instances: Int
  public let readable: Int
  /// Objects its archive has and this store has not.
  public let missing: Int
  /// Whether more may come: some did a moment ago.
  public let isArriving: Bool
  /// Images that came after the reader opened the study, where that is known.
  public let unseen: Int

  public init(
    instances: Int, readable: Int, missing: Int = 0, isArriving: Bool = false, unseen: Int = 0
  ) {
    self.instances = instances
    self.readable = readable
    self.missing = missing
    self.isArriving = isArriving
    self.unseen = unseen
  }

  /// What the reader has to be asked, one sentence each.
  public var questions: [String] {
    var questions: [String] = []
    if isArriving { questions.append("Images may still be arriving") }
    if unseen > 0 { questions.append("\(images(unseen)) came after the study was opened") }
    if readable == 0, instances > 0 {
      questions.append("No picture of this study could be read")
    } else if readable < instances {
      questions.append("\(instances - readable) of \(images(instances)) could not be read")
    }
    if missing > 0 {
      questions.append("\(images(missing)) \(missing == 1 ? "is" : "are") still at the archive")
    }
    return questions
  }

  private func images(_ count: Int) -> String { "\(count) image\(count == 1 ? "" : "s")" }
}
