/// What a coordinator and a node say to each other.
public struct FleetMessage: Sendable {
  /// Records, or that there are none and why.
  public enum Content: Sendable {
    case records([(name: String, record: FleetRecord)])
    /// Codes from 1000 are an owner's own; the reason is read by people at the coordinator.
    case refusal(code: Int64, reason: String)
  }

  public let heading: Heading
  public let content: Content
  /// The digest of everything in it; none for a message that was made here.
  public let name: ObjectID?

  public init(_ heading: Heading, _ content: Content) {
    self.init(heading, content, named: nil)
  }

  init(_ heading: Heading, _ content: Content, named name: ObjectID?) {
    self.heading = heading
    self.content = content
    self.name = name
  }

  /// The record of that name, if there are any.
  public subscript(name: String) -> FleetRecord? {
    guard case .records(let records) = content else { return nil }
    return records.first { $0.name == name }?.record
  }
}

/// One record of a message; names are unique, and printable ASCII of 1 to 256 characters.
public enum FleetRecord: Sendable {
  case arrays([(name: String, array: FleetArray)])
  /// Numbers and lists of numbers only.
  case metrics([(name: String, value: RecordValue)])
  case configuration([(name: String, value: RecordValue)])

  /// The array of that name.
  public func array(_ name: String) -> FleetArray? {
    guard case .arrays(let arrays) = self else { return nil }
    return arrays.first { $0.name == name }?.array
  }

  /// The value of that name, of metrics or of a configuration.
  public func value(_ name: String) -> RecordValue? {
    switch self {
    case .arrays: nil
    case .metrics(let values), .configuration(let values): values.first { $0.name == name }?.value
    }
  }
}
