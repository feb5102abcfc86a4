public import Foundation
public import Radiology

/// How the background program, the models and the federation are doing.
public struct SystemStatus: Sendable, Hashable {
  /// One stage of the agent, for example `Read`.
  public struct Stage: Sendable, Hashable {
    public enum Health: Sendable, Hashable { case working, waiting, warning, failed, off }

    public let name: String
    public let health: Health
    /// A few words, for example `12 studies waiting`.
    public let detail: String
    /// When it last finished something.
    public let last: Date?

    public init(name: String, health: Health, detail: String = "", last: Date? = nil) {
      self.name = name
      self.health = health
      self.detail = detail
      self.last = last
    }
  }

  /// This site's name within the federation.
  public var site: String
  /// The model that sorts the worklist; none yet on a fresh store without one.
  public var model: ModelVersion?
  public var stages: [Stage]
  /// The newest first.
  public var models: [ModelVersion]
  /// The newest first.
  public var rounds: [Round]
  public var lastSync: Date?
  /// Of the last 24 hours, by sender; who sent last comes first.
  public var arrivals: [Arrivals]
  /// What was refused, the newest first.
  public var refused: [AuditEvent]

  public init(
    site: String = "", model: ModelVersion? = nil, stages: [Stage] = [],
    models: [ModelVersion] = [], rounds: [Round] = [], lastSync: Date? = nil,
    arrivals: [Arrivals] = [], refused: [AuditEvent] = []
  ) {
    self.site = site
    self.model = model
    self.stages = stages
    self.models = models
    self.rounds = rounds
    self.lastSync = lastSync
    self.arrivals = arrivals
    self.refused = refused
  }
}
