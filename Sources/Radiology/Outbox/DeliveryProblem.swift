/// Why a document is not where it should be.
public struct DeliveryProblem: Error, Codable, Sendable, Hashable {
  /// What kind of problem it is: all that is done about it follows from this.
  public enum Code: String, Codable, Sendable, Hashable, CaseIterable {
    /// Nothing was sent: nobody listens there, or not to us.
    case unreachable
    /// Nothing was sent: the other side does not prove who it is.
    case untrusted
    /// The destination does not accept our credentials.
    case unauthorized
    /// It is there and cannot take anything now.
    case busy
    /// It was sent, at least in part, and what became of it is not known.
    case silent
    /// It answered with something that says neither yes nor no.
    case unexpected
    /// It said that it has the document, and does not.
    case missing
    /// It could not process the document this time.
    case failed
    /// It will never take this document.
    case refused
    /// It takes no documents of this kind.
    case notTaken
    /// It has another document of this name.
    case nameTaken
    /// Who the patient of the study is has become doubtful since it was read.
    case patientChanged
    /// The document could not be made of what the store holds.
    case notMade
    /// This machine lacks something: a program, a file, room on the disk.
    case unable
  }

  public let code: Code
  /// One sentence without patient data.
  public let reason: String

  public init(_ code: Code, _ reason: String) {
    self.code = code
    self.reason = reason
  }
}

extension DeliveryProblem: CustomStringConvertible {
  public var description: String { reason }
}

extension DeliveryProblem.Code {
  /// Whether it is useless to try again before a person has looked.
  public var isFinal: Bool {
    switch self {
    case .refused, .notTaken, .nameTaken, .patientChanged: true
    default: false
    }
  }

  /// Whether the destination may have the document all the same.
  public var leavesDoubt: Bool { self == .silent || self == .unexpected || self == .missing }

  /// Whether no other document would fare better at that destination now.
  public var concernsDestination: Bool {
    switch self {
    case .unreachable, .untrusted, .unauthorized, .busy, .silent, .unable: true
    default: false
    }
  }

  /// What a person can do about it.
  public var remedy: String {
    switch self {
    case .unreachable, .silent, .busy:
      "It is tried again by itself. See that the destination runs: secondlook peer check."
    case .untrusted:
      "Check the host and the authorities in secondlook.toml, then secondlook peer check."
    case .unauthorized: "Check user and secret in secondlook.toml, then secondlook peer check."
    case .unexpected: "Check the address in secondlook.toml: something else may answer there."
    case .missing: "Ask whoever runs the destination why it loses what it says it stored."
    case .failed:
      "It is tried again by itself; whoever runs the destination can see in its log why."
    case .refused:
      "Ask whoever runs the destination why; then secondlook outbox --retry sends the same document."
    case .notTaken:
      "Have the destination accept this kind of document, or leave it out of its formats."
    case .nameTaken: "See what lies there under this name; nothing was overwritten."
    case .patientChanged:
      "See whose images these are. If the report is right, secondlook outbox --retry sends it."
    case .notMade: "See the study with secondlook show; it is tried again by itself."
    case .unable: "Mend what is said; it is tried again by itself."
    }
  }
}
