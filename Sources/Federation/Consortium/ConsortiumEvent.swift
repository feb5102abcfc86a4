public import Foundation

/// What happens while the rounds of a consortium are led, for people who watch.
public enum ConsortiumEvent: Sendable, Equatable {
  /// A run that was stopped goes on after that round.
  case resuming(after: Int)
  /// It goes on with other options than it was begun with, all of them ones that may change.
  case changed([ChangedOption])
  /// Another roster counts from now on.
  case rosterChanged(number: Int, joined: [String], gone: [String])
  /// The roster's file is none that can be believed; the last one that was still counts.
  case rosterKept(number: Int, reason: String)
  /// Too few sites are there as yet.
  case waiting(round: Int, online: [String], needed: Int)
  case asked(round: Int, [String])
  case answered(round: Int, String)
  /// A round changed the model, or did not and is tried again.
  case ended(ConsortiumRound)
  /// The model after the last round was measured.
  case measured(ConsortiumMeasurement)
}

/// A site that was not heard, and why.
public struct RefusedSite: Sendable, Equatable, Encodable {
  public let site: String
  public let reason: String
}

/// One attempt at a round.
public struct ConsortiumRound: Sendable, Equatable, Encodable {
  /// A site that changed the model.
  public struct Contribution: Sendable, Equatable, Encodable {
    public let site: String
    public let examples: Int
    /// Euclidean length of the change.
    public let norm: Double
  }

  public let round: Int
  public let rounds: Int
  public let contributions: [Contribution]
  public let refused: [RefusedSite]
  /// Digest of the model; none if the model stays as it was.
  public let model: String?
  public let began: Date
  public let ended: Date
}

/// What the sites found when they measured the last model.
public struct ConsortiumMeasurement: Sendable, Equatable, Encodable {
  public struct Finding: Sendable, Equatable, Encodable {
    public let site: String
    public let examples: Int
    public let loss: Double
  }

  public let model: String
  public let findings: [Finding]
  public let refused: [RefusedSite]
}
