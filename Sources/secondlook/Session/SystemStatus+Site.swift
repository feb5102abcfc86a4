import Agent
import Foundation
import Gateway
import Radiology
import Store
import Workstation

extension SystemStatus {
  /// How a site is doing, from what the store and the file system say at this moment.
  init(of site: LocalSite) throws {
    let store = site.store
    let now = Date()
    let beats = try Heartbeat.all(in: store)
    let isRunning = AgentLock.isHeld(home: site.home)
    let footprint = try AgentFootprint(in: store)
    let configuration = Result { () throws(ConfigurationError) in
      try Configuration.read(home: site.home)
    }
    let model = try store.activeModel()
    let rounds = try store.rounds().sorted { $0.ended > $1.ended }
    self.init(
      site: ProcessInfo.processInfo.hostName, asOf: now,
      agent: AgentState(
        isRunning: isRunning, process: isRunning ? AgentLock.holder(home: site.home) : nil,
        since: AgentLock.since(home: site.home), seen: beats.values.map(\.at).max()),
      model: model,
      stages: try Self.stages(beats, isRunning: isRunning, footprint, model, site),
      models: try store.models().sorted { $0.made > $1.made }, rounds: rounds,
      lastSync: rounds.first?.ended, arrivals: try store.arrivals(since: now - 86_400),
      refusals: try store.refusals(since: now - 86_400), refused: try store.refusals(limit: 20),
      storage: try Storage(of: site))
    trials = try store.trials()
    undelivered = try store.deliveryBacklog()
    destinations = try store.outboxFigures()
    deadLetters = try store.outbox([.dead], limit: Self.mostConcerns).map {
      DeadLetter($0, accession: try store.study($0.study)?.accession ?? "")
    }
    federation = try FederationStatus(
      of: store, demands: (try? configuration.get())?.federation ?? .usual)
    (failedCount, failedStudies) = try store.failedStudies(limit: Self.mostConcerns)
    switch configuration {
    case .failure(let error): configurationError = "\(error)"
    case .success(let configuration):
      receiver = Self.receiver(
        configuration, beats[ReceiverService.name], isRunning: isRunning, footprint)
      archives = try Self.archives(configuration, beats, store, at: now)
    }
  }

  private static func stages(
    _ beats: [String: Heartbeat], isRunning: Bool, _ footprint: AgentFootprint?,
    _ model: ModelVersion?, _ site: LocalSite
  ) throws -> [Stage] {
    let spools = SpoolStage.folder(in: site.home)
    let backlogs: [String: Backlog?] = [
      "ingest": footprint.map { Backlog(filesIn: [URL(filePath: $0.inbox)]) },
      "receive": Backlog(filesIn: spools.children.map { $0.appending(path: "arrived") }),
      "read": try site.store.readingBacklog(by: model?.id),
      "learn": try site.store.learningBacklog(),
    ]
    let deliveries = try site.store.outboxFigures().map { figures in
      (
        figures.destination == Gateway.Configuration.Destination.folderName
          ? "deliver" : "deliver \(figures.destination)",
        Backlog(count: figures.waiting, oldest: figures.oldest)
      )
    }
    return Heartbeat.names(among: beats.keys).map { name in
      let beat = beats[name]
      let nothing = name.hasPrefix("deliver") ? Backlog(count: 0, oldest: nil) : nil
      let backlog = backlogs[name] ?? deliveries.first { $0.0 == name }?.1 ?? nothing
      let health: Stage.Health =
        beat?.error != nil
        ? .failed
        : !isRunning || beat == nil ? .off : (backlog?.count ?? 0) > 0 ? .working : .waiting
      return Stage(
        name: name, health: health, backlog: backlog, ran: beat?.at, done: beat?.done ?? 0,
        succeeded: beat?.succeeded, worked: beat?.worked, error: beat?.error ?? beat?.lastError,
        failed: beat?.failed,
        remedy: remedy(for: name, footprint))
    }
  }

  /// What to run first when a stage fails; the stage itself goes on trying.
  private static func remedy(for stage: String, _ footprint: AgentFootprint?) -> String {
    switch stage.prefix(while: { $0 != " " }) {
    case "receiver", "pull", "priors", "orders": "secondlook peer check"
    case "ingest": footprint.map { "secondlook import \($0.inbox)" } ?? "secondlook import FOLDER"
    case "watch": "secondlook import FOLDER"
    case "read", "gate", "look-back": "secondlook model list"
    case "deliver": "secondlook outbox"
    default: "secondlook status --check"
    }
  }

  private static func receiver(
    _ configuration: Configuration, _ beat: Heartbeat?, isRunning: Bool,
    _ footprint: AgentFootprint?
  ) -> Receiver {
    // The agent may run on another file than the one in the store's folder.
    let place = isRunning ? footprint?.receiver : configuration.receiver.map(AgentFootprint.place)
    guard let place else { return isRunning && footprint == nil ? .unknown : .notConfigured }
    guard isRunning else { return .down(place: place, reason: "the agent does not run") }
    if let error = beat?.error { return .down(place: place, reason: error) }
    guard let beat else { return .down(place: place, reason: "it has not started yet") }
    return .listening(place: place, since: beat.at)
  }

  private static func archives(
    _ configuration: Configuration, _ beats: [String: Heartbeat], _ store: Store, at now: Date
  ) throws -> [Archive] {
    let answers = try store.answers()
    let tallies = try store.archiveTallies(since: now - 7 * 86_400)
    let archives = configuration.archives.map { archive in
      Archive(
        name: archive.name, polled: answers[archive.name], isPolled: archive.interval != nil,
        error: beats["pull \(archive.name)"]?.error ?? beats["priors \(archive.name)"]?.error,
        tally: tallies.first { $0.source == archive.name })
    }
    let worklist = configuration.worklist.map { worklist in
      Archive(
        name: "orders", polled: answers["orders"], isPolled: worklist.interval != nil,
        error: beats["orders"]?.error)
    }
    return archives + [worklist].compactMap(\.self)
  }
}

extension SystemStatus.Storage {
  fileprivate init(of site: LocalSite) throws {
    let room = DiskRoom(at: site.home)
    self.init(
      home: site.home.path, figures: try site.store.figures(),
      databaseBytes: site.store.databaseBytes,
      disk: room.map {
        SystemStatus.Disk(free: $0.free, total: $0.total, isShort: $0.isShort, text: $0.text)
      })
  }
}

extension Backlog {
  /// Files that lie in folders, and the time of the oldest one's last change; hidden ones are not
  /// waiting, they are being written.
  fileprivate init(filesIn folders: [URL]) {
    let files = folders.flatMap(\.children)
    let oldest = files.compactMap { file in
      try? file.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate
    }.min()
    self.init(count: files.count, oldest: oldest)
  }
}

extension URL {
  /// What a folder has in it; nothing where there is no folder.
  fileprivate var children: [URL] {
    (try? FileManager.default.contentsOfDirectory(
      at: self, includingPropertiesForKeys: [.contentModificationDateKey],
      options: .skipsHiddenFiles)) ?? []
  }
}
