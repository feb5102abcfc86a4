import Agent
import ArgumentParser
import Foundation
import Logging

struct AgentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agent",
    abstract: "Runs the background stages: ingest, read, learn, deliver.",
    discussion: """
      ingest   takes what lies in the inbox folder, once it has stopped growing; what it cannot
               keep goes to refused in that folder, manifests and other files stay
      read     triages studies no model has looked at
      learn    turns signed reviews of consenting patients into lessons
      deliver  writes signed reports into the delivery folder, each version once

      The federation's sync runs in “secondlook federation simulate”; a site that has joined no \
      federation syncs with nobody.
      """)

  @OptionGroup var options: StoreOptions
  @Flag(help: "Do what there is to do, then exit.") var once = false
  @Option(
    help: ArgumentHelp(
      "Folder to take images from. Default: inbox in the store's.", valueName: "folder"))
  var inbox: String?
  @Option(
    help: ArgumentHelp(
      "Folder to deliver to. Default: delivered in the store's.", valueName: "folder"))
  var deliverTo: String?

  func run() async throws {
    let site = try options.open()
    let inbox =
      inbox.map { URL(filePath: $0, directoryHint: .isDirectory) }
      ?? IngestStage.defaultInbox(in: site.home)
    let folder =
      deliverTo.map { URL(filePath: $0, directoryHint: .isDirectory) }
      ?? DeliverStage.defaultFolder(in: site.home)
    try FileManager.default.createDirectory(
      at: inbox, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let log = Logger(label: "secondlook")
    let agent = BackgroundAgent(
      store: site.store,
      stages: [
        IngestStage(ingest: site.ingest(source: "inbox"), inbox: inbox, log: log), site.reading,
        LearnStage(store: site.store),
        DeliverStage(store: site.store, exporter: try site.exporter(), folder: folder),
      ], log: log)
    guard once else {
      say("Watching \(inbox.path); ^C stops.")
      return try await agent.run()
    }
    let (done, failed) = try await interruptible { try await agent.drain() }
    for stage in ["ingest", "read", "learn", "deliver"] {
      say("\(stage): \(failed[stage] ?? "\(done[stage] ?? 0) done")")
    }
    if !failed.isEmpty { throw ExitCode.failure }
  }
}
