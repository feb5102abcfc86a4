import Agent
import Foundation
import Gateway
import Logging
import Radiology
import ServiceLifecycle
import Store

/// All that runs in the background at one site, as its configuration says.
struct AgentStages {
  let stages: [any Stage]
  let services: [any Service]

  /// - Throws: `GatewayError` if the spool or the program that speaks DICOM cannot be used, and
  ///   what the exporter throws.
  init(
    of site: LocalSite, _ configuration: Configuration, inbox: URL, deliverTo folder: URL?,
    log: Logger
  ) throws {
    var stages: [any Stage] = [
      IngestStage(ingest: site.ingest(source: "inbox"), inbox: inbox, log: log)
    ]
    for watched in configuration.watched {
      let name = watched.lastPathComponent
      stages.append(
        IngestStage(
          ingest: site.ingest(source: name), inbox: watched, name: "watch \(name)", log: log))
    }
    for archive in configuration.archives {
      guard let interval = archive.interval else { continue }
      stages += [
        try PullStage(archive, every: interval, store: site.store, home: site.home),
        PriorStage(archive, store: site.store),
      ]
    }
    if let worklist = configuration.worklist, let interval = worklist.interval {
      stages.append(
        OrderStage(
          ModalityWorklist(worklist, program: try DIMSEProgram()), every: interval,
          store: site.store))
    }
    stages += [
      site.spool(completeAfter: configuration.receiver?.completeAfter ?? .zero), site.reading,
      LearnStage(store: site.store),
      GateStage(
        store: site.store, gate: site.gate(under: configuration.model), rules: configuration.model),
      LookBackStage(
        store: site.store, shelf: site.shelf, pictures: site.pictures,
        days: configuration.model.lookBackDays),
    ]
    stages += try Self.deliveries(
      of: site, to: configuration.destinations(home: site.home, deliverTo: folder))
    self.stages = stages
    let node = FederationService.program(
      of: URL(filePath: "/proc/self/exe").resolvingSymlinksInPath(), home: site.home)
    let sync = FederationService(store: site.store, program: node, log: log)
    services =
      try configuration.receiver.map { receiver in
        let program = ReceiverProgram(
          receiver, program: try DIMSEProgram(),
          spool: SpoolStage.folder(in: site.home).appending(path: SpoolStage.receiver))
        return [ReceiverService(program, store: site.store, log: log), sync]
      } ?? [sync]
  }

  /// One stage for each destination.
  private static func deliveries(
    of site: LocalSite, to destinations: [Configuration.Destination]
  ) throws -> [any Stage] {
    let exporter = try site.exporter()
    let program = Result { () throws(GatewayError) in try DIMSEProgram() }
    return try destinations.map { destination in
      DeliverStage(
        store: site.store, exporter: exporter, to: destination,
        by: try destination.opened(with: program), routes: destinations.map(\.route))
    }
  }
}
