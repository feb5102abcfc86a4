import Agent
import ArgumentParser
import Foundation
import Gateway
import Logging
import Radiology
import Store

extension FederationCommand {
  /// What the agent runs beside itself while the site has a seat.
  struct Node: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Takes part until it is stopped; the agent runs this by itself.",
      shouldDisplay: false)

    @OptionGroup var options: StoreOptions
    @Flag(help: "Stop when standard input ends, as when the agent is gone.") var attached = false

    func run() async throws {
      IdlePolicy.take()
      let site = try options.open()
      guard let seat = try site.store.seat(), try site.store.pause() == nil else { return }
      let file = AgentLog(home: site.home)
      let log = Logger(label: "secondlook") { label in
        AgentLogHandler(file, label: "sync")
      }
      let node = try SiteNode(
        home: site.home, store: site.store, pictures: site.pictures,
        site: ProcessInfo.processInfo.hostName, seat: seat,
        policy: SitePolicy(try Configuration.read(home: site.home).federation), log: log)
      do {
        try await interruptible(
          by: [SIGINT, SIGTERM], endOfInput: attached
        ) { try await node.run() }
      } catch is CancellationError {}
    }
  }
}
