public import Foundation
public import Radiology

/// How the background program, the store and the federation are doing: what the system screen,
/// the sync screen and `secondlook status` all say.
///
/// What nobody knows is nil and is said to be unknown, never taken for well.
public struct SystemStatus: Sendable, Hashable {
  /// This site's name within the federation.
  public var site: String
  /// When all of this was true; none while nothing was read yet.
  public var asOf: Date?
  public var agent: AgentState?
  /// The model that sorts the worklist; none yet on a fresh store without one.
  public var model: ModelVersion?
  /// In the order of the ring.
  public var stages: [Stage]
  /// Unsigned studies that could not be read: how many, and the newest of them.
  public var failedCount = 0
  public var failedStudies: [FailedStudy] = []
  /// Documents that were given up, the oldest of them; ``destinations`` count them all.
  public var deadLetters: [DeadLetter] = []
  /// Reports of which something has not got anywhere yet.
  public var undelivered: Backlog?
  /// How each destination is doing that documents go to, or ever went to.
  public var destinations: [OutboxFigures] = []
  public var receiver: Receiver
  public var archives: [Archive]
  /// The newest first.
  public var models: [ModelVersion]
  /// How candidates did beside the model that was active then, by their model.
  public var trials: [ModelVersion.ID: ModelTrial] = [:]
  /// The newest first.
  public var rounds: [Round]
  public var lastSync: Date?
  /// This site's part in a federation.
  public var federation: FederationStatus?
  /// Of the last 24 hours, by sender; who sent last comes first.
  public var arrivals: [Arrivals]
  /// What was refused within the last 24 hours, by sender.
  public var refusals: [Refusals]
  /// What was refused, the newest first.
  public var refused: [AuditEvent]
  public var storage: Storage?
  /// Why the configuration cannot be used; none if it can, or if there is none.
  public var configurationError: String?

  public init(
    site: String = "", asOf: Date? = nil, agent: AgentState? = nil, model: ModelVersion? = nil,
    stages: [Stage] = [], receiver: Receiver = .unknown, archives: [Archive] = [],
    models: [ModelVersion] = [], rounds: [Round] = [], lastSync: Date? = nil,
    arrivals: [Arrivals] = [], refusals: [Refusals] = [], refused: [AuditEvent] = [],
    storage: Storage? = nil, configurationError: String? = nil
  ) {
    self.site = site
    self.asOf = asOf
    self.agent = agent
    self.model = model
    self.stages = stages
    self.receiver = receiver
    self.archives = archives
    self.models = models
    self.rounds = rounds
    self.lastSync = lastSync
    self.arrivals = arrivals
    self.refusals = refusals
    self.refused = refused
    self.storage = storage
    self.configurationError = configurationError
  }
}

extension SystemStatus {
  /// Whether the background program runs.
  public struct AgentState: Sendable, Hashable {
    public let isRunning: Bool
    public let process: Int?
    /// When it began to run; none if it does not.
    public let since: Date?
    /// When a stage of it was heard of last; none if none ever ran.
    public let seen: Date?

    public init(isRunning: Bool, process: Int? = nil, since: Date? = nil, seen: Date? = nil) {
      self.isRunning = isRunning
      self.process = process
      self.since = since
      self.seen = seen
    }
  }

  /// One stage of the agent, for example `read`.
  public struct Stage: Sendable, Hashable {
    public enum Health: String, Sendable, Hashable, Encodable {
      case working, waiting, failed, off
    }

    public let name: String
    public let health: Health
    /// What waits for it; none where nobody can count that.
    public let backlog: Backlog?
    /// When it last ran, and how many pieces of work it did then.
    public let ran: Date?
    public let done: Int
    /// When it last ran without a failure, and when it last did a piece of work.
    public let succeeded: Date?
    public let worked: Date?
    /// Its last failure, mended or not, and when that was.
    public let error: String?
    public let failed: Date?
    /// The command that helps; none while nothing is wrong.
    public let remedy: String?

    public init(
      name: String, health: Health, backlog: Backlog? = nil, ran: Date? = nil, done: Int = 0,
      succeeded: Date? = nil, worked: Date? = nil, error: String? = nil, failed: Date? = nil,
      remedy: String? = nil
    ) {
      self.name = name
      self.health = health
      self.backlog = backlog
      self.ran = ran
      self.done = done
      self.succeeded = succeeded
      self.worked = worked
      self.error = error
      self.failed = failed
      self.remedy = remedy
    }
  }

  /// The DICOM receiver.
  public enum Receiver: Sendable, Hashable {
    case unknown
    /// No `[receive]` in the configuration: nobody can send anything here.
    case notConfigured
    /// `place` is title, address and port.
    case listening(place: String, since: Date?)
    /// It should listen and does not.
    case down(place: String, reason: String)
  }

  /// An archive or worklist server that is asked by itself or by hand.
  public struct Archive: Sendable, Hashable {
    public let name: String
    /// When it last answered the agent; none if it never did, or nobody noted it.
    public let polled: Date?
    /// Whether the agent asks it by itself.
    public let isPolled: Bool
    /// What is wrong now.
    public let error: String?
    /// What it said it has within the last seven days, and what of it is here.
    public let tally: ArchiveTally?

    public init(
      name: String, polled: Date? = nil, isPolled: Bool, error: String? = nil,
      tally: ArchiveTally? = nil
    ) {
      self.name = name
      self.polled = polled
      self.isPolled = isPolled
      self.error = error
      self.tally = tally
    }
  }

  /// What the store holds and what room there is.
  public struct Storage: Sendable, Hashable {
    public let home: String
    public let figures: StoreFigures
    public let databaseBytes: Int
    /// The disk the store is on; none if the system does not tell.
    public let disk: Disk?

    public init(home: String, figures: StoreFigures, databaseBytes: Int, disk: Disk?) {
      self.home = home
      self.figures = figures
      self.databaseBytes = databaseBytes
      self.disk = disk
    }
  }

  /// What is left of a disk, in bytes.
  public struct Disk: Sendable, Hashable, Encodable {
    public let free: Int
    public let total: Int
    /// So little is left that objects are turned away.
    public let isShort: Bool
    /// How much is left and, when it is too little, what follows.
    public let text: String

    public init(free: Int, total: Int, isShort: Bool, text: String) {
      self.free = free
      self.total = total
      self.isShort = isShort
      self.text = text
    }
  }

  /// Bytes of sealed updates that left this site, in all rounds it knows of.
  public var bytesSent: Int { departures.reduce(0) { $0 + $1.contribution.bytes } }

  /// What this site sent, the newest first: the answer to the question every hospital asks first.
  var departures: [(round: Round, contribution: Round.Contribution)] {
    let names = [site] + (federation?.names ?? [])
    return rounds.compactMap { round in
      round.contributions.first { names.contains($0.site) }.map { (round, $0) }
    }
  }
}
