import Agent
import ArgumentParser
import Foundation
import Gateway
import Logging

struct AgentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agent",
    abstract:
      "Runs what happens in the background: receiving, reading, learning, syncing, delivery.",
    discussion: """
      ingest   takes what lies in the inbox folder, once it has stopped growing; what it cannot
               keep goes to refused in that folder, manifests and other files stay
      receive  takes what was received over the network out of the spool
      read     triages complete studies no model has looked at
      learn    turns signed reviews of consenting patients into lessons
      gate     tries candidates beside the model that sorts the worklist
      look-back  lets a promoted model look at what was signed normal before
      deliver  brings what was signed where it belongs, each version once: to the destinations of
               secondlook.toml, else into the delivery folder; secondlook outbox shows it

      With a secondlook.toml in the store's folder also, as far as it says so:

      receiver a DICOM receiver for the modalities and archives it names (C-STORE, C-ECHO)
      watch    the same as ingest for other folders
      pull     fetches new studies from a PACS over DICOMweb
      priors   asks a PACS for earlier studies of the patients on the worklist
      orders   asks a modality worklist for orders, which studies then follow

      After “secondlook federation join” also:

      sync     takes part in the federation's rounds, as far as an admin has approved, in a process
               of its own at the lowest priority
      """)

  @OptionGroup var gateway: GatewayOptions
  @Flag(help: "Do what there is to do, then exit; nothing is received meanwhile.") var once = false
  @Option(
    help: ArgumentHelp(
      "Folder to take images from. Default: inbox in the store's.", valueName: "folder"))
  var inbox: String?
  @Option(
    help: ArgumentHelp(
      "Folder to deliver to besides. Default: delivered in the store's, if nothing is configured.",
      valueName: "folder"))
  var deliverTo: String?

  func run() async throws {
    let configuration = try gateway.configuration()
    let site = try gateway.options.open()
    let lock = try AgentLock(home: site.home)
    defer { withExtendedLifetime(lock) {} }
    let inbox =
      inbox.map { URL(filePath: $0, directoryHint: .isDirectory) }
      ?? IngestStage.defaultInbox(in: site.home)
    let folder = deliverTo.map { URL(filePath: $0, directoryHint: .isDirectory) }
    try FileManager.default.createDirectory(
      at: inbox, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let file = AgentLog(home: site.home)
    let log = Logger(label: "secondlook") { label in
      MultiplexLogHandler([
        StreamLogHandler.standardError(label: label), AgentLogHandler(file, label: "agent"),
      ])
    }
    try AgentFootprint(inbox: inbox, receiver: configuration.receiver).save(in: site.store)
    let parts = try AgentStages(
      of: site, configuration, inbox: inbox, deliverTo: folder, log: log)
    let agent = BackgroundAgent(
      store: site.store, stages: parts.stages, services: parts.services, log: log)
    guard once else {
      say("Watching \(inbox.path); ^C stops.")
      if let receiver = configuration.receiver {
        say("Receiving as \(receiver.title) at \(receiver.address):\(receiver.port).")
      }
      // Under a service manager every line is wanted when it is said.
      fflush(nil)
      return try await agent.run()
    }
    let (done, failed) = try await interruptible { try await agent.drain() }
    for stage in parts.stages.map(\.name) {
      say("\(stage): \(failed[stage] ?? "\(done[stage] ?? 0) done")")
    }
    if !failed.isEmpty { throw ExitCode.failure }
  }
}
