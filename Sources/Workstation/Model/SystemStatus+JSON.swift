import Foundation
public import Radiology

/// As `secondlook status --json` prints it.
extension SystemStatus: Encodable {
  private enum Key: String, CodingKey {
    case site, asOf, home, agent, model, studies, unread, signed, ordersWithoutImages, lessons
    case rounds, lastSync, bytesSent, stages, receiver, archives, arrivals, refusals, refused
    case objects, objectBytes, databaseBytes, disk, configurationError, check
    case untriaged, undelivered, failed, failedStudies, destinations, deadLetters, federation
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(site, forKey: .site)
    try container.encode(asOf, forKey: .asOf)
    try container.encode(agent, forKey: .agent)
    try container.encode(model.map { "\($0.name) \($0.shortID)" }, forKey: .model)
    try container.encode(stages, forKey: .stages)
    try container.encode(failedCount, forKey: .failed)
    try container.encode(failedStudies, forKey: .failedStudies)
    try container.encode(receiver, forKey: .receiver)
    try container.encode(archives, forKey: .archives)
    try container.encode(rounds.count, forKey: .rounds)
    try container.encode(lastSync, forKey: .lastSync)
    try container.encode(bytesSent, forKey: .bytesSent)
    try container.encode(federation, forKey: .federation)
    try container.encode(arrivals, forKey: .arrivals)
    try container.encode(refusals, forKey: .refusals)
    try container.encode(refused, forKey: .refused)
    try container.encode(configurationError, forKey: .configurationError)
    try container.encode(Self.checks, forKey: .check)
    try container.encode(backlog(of: "read")?.count, forKey: .untriaged)
    try container.encode(undelivered?.count, forKey: .undelivered)
    try container.encode(destinations, forKey: .destinations)
    try container.encode(deadLetters, forKey: .deadLetters)
    guard let storage else { return }
    try container.encode(storage.home, forKey: .home)
    try container.encode(storage.figures.studies, forKey: .studies)
    try container.encode(storage.figures.unread, forKey: .unread)
    try container.encode(storage.figures.signed, forKey: .signed)
    try container.encode(storage.figures.ordersWithoutImages, forKey: .ordersWithoutImages)
    try container.encode(storage.figures.lessons, forKey: .lessons)
    try container.encode(storage.figures.objects, forKey: .objects)
    try container.encode(storage.figures.objectBytes, forKey: .objectBytes)
    try container.encode(storage.databaseBytes, forKey: .databaseBytes)
    try container.encode(storage.disk, forKey: .disk)
  }

  /// What waits for a stage; none where that is not known.
  public func backlog(of stage: String) -> Backlog? {
    stages.first { $0.name == stage }?.backlog
  }

  /// What proves that the store is whole, and that nobody changed the log.
  public static let checks = ["secondlook status --check", "secondlook audit --verify"]
}

extension SystemStatus.AgentState: Encodable {
  private enum Key: String, CodingKey { case running, process, since, seen, start }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(isRunning, forKey: .running)
    try container.encode(process, forKey: .process)
    try container.encode(since, forKey: .since)
    try container.encode(seen, forKey: .seen)
    try container.encode(isRunning ? nil : Self.start, forKey: .start)
  }

  /// The command that starts it.
  public static let start = "secondlook agent"
}

extension SystemStatus.Stage: Encodable {
  private enum Key: String, CodingKey {
    case name, health, waiting, oldest, ran, done, succeeded, worked, error, failed, remedy
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(name, forKey: .name)
    try container.encode(health, forKey: .health)
    try container.encode(backlog?.count, forKey: .waiting)
    try container.encode(backlog?.oldest, forKey: .oldest)
    try container.encode(ran, forKey: .ran)
    try container.encode(done, forKey: .done)
    try container.encode(succeeded, forKey: .succeeded)
    try container.encode(worked, forKey: .worked)
    try container.encode(error, forKey: .error)
    try container.encode(failed, forKey: .failed)
    try container.encode(remedy, forKey: .remedy)
  }
}

extension SystemStatus.DeadLetter: Encodable {
  private enum Key: String, CodingKey {
    case number, study, accession, document, destination, attempts, changed, uncertain, reason
    case remedy
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(item.number, forKey: .number)
    try container.encode(item.study, forKey: .study)
    try container.encode(accession, forKey: .accession)
    try container.encode(item.title, forKey: .document)
    try container.encode(item.destination, forKey: .destination)
    try container.encode(item.attempts, forKey: .attempts)
    try container.encode(item.changed, forKey: .changed)
    try container.encode(item.isUncertain, forKey: .uncertain)
    try container.encode(item.reason, forKey: .reason)
    try container.encode(item.code?.remedy, forKey: .remedy)
  }
}

extension SystemStatus.Receiver: Encodable {
  private enum Key: String, CodingKey { case state, place, since, reason }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .unknown: try container.encode("unknown", forKey: .state)
    case .notConfigured: try container.encode("not configured", forKey: .state)
    case .listening(let place, let since):
      try container.encode("listening", forKey: .state)
      try container.encode(place, forKey: .place)
      try container.encode(since, forKey: .since)
    case .down(let place, let reason):
      try container.encode("down", forKey: .state)
      try container.encode(place, forKey: .place)
      try container.encode(reason, forKey: .reason)
    }
  }
}

extension SystemStatus.Archive: Encodable {
  private enum Key: String, CodingKey {
    case name, polled, isPolled = "automatic", error, studies, incomplete, expected, received
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(name, forKey: .name)
    try container.encode(polled, forKey: .polled)
    try container.encode(isPolled, forKey: .isPolled)
    try container.encode(error, forKey: .error)
    try container.encode(tally?.studies, forKey: .studies)
    try container.encode(tally?.incomplete, forKey: .incomplete)
    try container.encode(tally?.expected, forKey: .expected)
    try container.encode(tally?.received, forKey: .received)
  }
}
