/// One observation: suggested by a model or added by a reader.
public struct Finding: Codable, Sendable, Hashable, Identifiable {
  /// Who saw it first.
  public enum Origin: String, Codable, Sendable { case model, reader }

  /// What the reader said of it.
  public enum State: String, Codable, Sendable { case open, agreed, rejected, unsure }

  /// Tracking Unique Identifier (112040, DCM): the same observation in every version of a report.
  public let trackingUID: String
  /// Tracking Identifier shown to people: `R1`, `R2`, … in the order of suspicion.
  public let name: String
  public var region: Region
  /// How likely the model holds the region to be abnormal, 0 to 1; none for a reader's own.
  public let probability: Double?
  public let origin: Origin
  public var state: State
  /// Why it was rejected, or what the reader wants to say of it.
  public var note: String

  public var id: String { trackingUID }

  public init(
    trackingUID: String, name: String, region: Region, probability: Double? = nil,
    origin: Origin, state: State = .open, note: String = ""
  ) {
    self.trackingUID = trackingUID
    self.name = name
    self.region = region
    self.probability = probability
    self.origin = origin
    self.state = state
    self.note = note
  }

  /// The name a line of a report begins with, `R12`: what links a sentence to its finding.
  public static func name(leading line: some StringProtocol) -> String? {
    let word = line.prefix { $0.isLetter || $0.isNumber }
    guard word.first == "R", word.count > 1, word.dropFirst().allSatisfy(\.isNumber) else {
      return nil
    }
    return String(word)
  }

  /// The reader stands by it: agreed with, or added.
  public var isConfirmed: Bool { state == .agreed }
}
