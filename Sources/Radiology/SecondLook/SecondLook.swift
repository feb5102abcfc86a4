public import Foundation

/// A signed study that is read once more, by somebody else.
public struct SecondLook: Codable, Sendable, Hashable {
  /// Why it is.
  public enum Reason: String, Codable, Sendable, CaseIterable {
    /// Signed *normal* against a suspicious call of the model.
    case discordance
    /// One of the ruled-out normals that chance picked.
    case sample
    /// Images came after the signature.
    case late
    /// Signed *normal*, and a model that was promoted since finds it suspicious.
    case newerModel

    public var words: String {
      switch self {
      case .discordance: "normal against the model"
      case .sample: "random sample of ruled-out normals"
      case .late: "images came after the signature"
      case .newerModel: "normal, and a newer model finds it suspicious"
      }
    }
  }

  /// How far it has come.
  public enum State: String, Codable, Sendable, CaseIterable {
    /// For a second reader.
    case waiting
    /// The second reader concurs.
    case agreed
    /// For a third reader, who decides.
    case arbitration
    /// Decided by a third reader, or put aside.
    case closed

    public var isOpen: Bool { self == .waiting || self == .arbitration }
  }

  /// What a second reader made of it.
  public struct Reading: Codable, Sendable, Hashable {
    public let reader: String
    public let call: Call
    public let score: Radpeer
    /// One sentence without patient data; may be empty.
    public let note: String
    /// The call was made before the first one was shown.
    public let isBlind: Bool
    public let at: Date

    public init(
      reader: String, call: Call, score: Radpeer, note: String = "", isBlind: Bool, at: Date
    ) {
      self.reader = reader
      self.call = call
      self.score = score
      self.note = note
      self.isBlind = isBlind
      self.at = at
    }
  }

  /// What a third reader decided.
  public struct Decision: Codable, Sendable, Hashable {
    public let reader: String
    public let call: Call
    public let note: String
    public let at: Date

    public init(reader: String, call: Call, note: String = "", at: Date) {
      self.reader = reader
      self.call = call
      self.note = note
      self.at = at
    }
  }

  public let study: Study.ID
  /// The signed version that is read once more.
  public let version: Int
  public let reason: Reason
  /// What stands first in the queue, 0 to 1: the model's probability, and 1 for what no model saw.
  public let weight: Double
  public let firstReader: String
  public let firstCall: Call
  public let queued: Date
  public var state: State
  public var second: Reading?
  public var third: Decision?
  /// Why it was closed without a third reader.
  public var closedBecause: String?
  /// When it came to this state.
  public var changed: Date

  public init(
    study: Study.ID, version: Int, reason: Reason, weight: Double, firstReader: String,
    firstCall: Call, queued: Date, state: State = .waiting, second: Reading? = nil,
    third: Decision? = nil, closedBecause: String? = nil
  ) {
    precondition((0...1).contains(weight), "a weight is from 0 to 1")
    self.study = study
    self.version = version
    self.reason = reason
    self.weight = weight
    self.firstReader = firstReader
    self.firstCall = firstCall
    self.queued = queued
    self.state = state
    self.second = second
    self.third = third
    self.closedBecause = closedBecause
    changed = queued
  }
}
