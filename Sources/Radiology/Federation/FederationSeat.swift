public import Foundation

/// The place a site has taken in a federation: with whom it learns.
public struct FederationSeat: Codable, Sendable, Hashable {
  /// Address of the coordinator, for example `https://hub.example:8443`.
  public let url: String
  /// Whether a certificate authority of the consortium's own was given, and a client certificate.
  public let hasAuthority: Bool
  public let hasCertificate: Bool
  /// Fingerprint of this site's public key, as `ssh-keygen -l` shows it.
  public let key: String
  public let joinedBy: String
  public let joined: Date

  public init(
    url: String, hasAuthority: Bool, hasCertificate: Bool, key: String, joinedBy: String,
    joined: Date
  ) {
    self.url = url
    self.hasAuthority = hasAuthority
    self.hasCertificate = hasCertificate
    self.key = key
    self.joinedBy = joinedBy
    self.joined = joined
  }
}

/// Who stopped a site's part in the federation until somebody resumes it.
public struct FederationPause: Codable, Sendable, Hashable {
  public let by: String
  public let at: Date
  public let reason: String?

  public init(by: String, at: Date, reason: String?) {
    self.by = by
    self.at = at
    self.reason = reason
  }
}

/// What a site's node does at this moment, for whoever watches.
public struct FederationProgress: Codable, Sendable, Hashable {
  public enum Phase: String, Codable, Sendable {
    /// The coordinator was not reached yet, or not any more.
    case connecting
    /// Online, with nothing to do.
    case idle
    /// A task waits for a person.
    case pending
    case training, evaluating, sending
    /// Stopped by a person.
    case paused
    /// It cannot go on by itself.
    case stopped
  }

  public let phase: Phase
  public let round: Int?
  public let rounds: Int?
  /// How much of the round's work is done, 0 to 1; none where there is none.
  public let done: Double?
  public let at: Date
  /// What is in the way, and what to do; one sentence.
  public let note: String?

  public init(
    phase: Phase, round: Int? = nil, rounds: Int? = nil, done: Double? = nil, at: Date,
    note: String? = nil
  ) {
    self.phase = phase
    self.round = round
    self.rounds = rounds
    self.done = done
    self.at = at
    self.note = note
  }
}
