import ArgumentParser
import Foundation
import Radiology
import Store
import Workstation

struct Sync: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says how the federation is: rounds, peers, models, and what left the building.",
    discussion: "The workstation shows the same with g y.")

  @OptionGroup var options: StoreOptions
  @Flag(help: "Print JSON.") var json = false

  func run() async throws {
    let status = try SystemStatus(of: options.open())
    if json { return try sayJSON(Entry(status)) }
    say(status.syncText(now: Date(), in: .current, width: 100))
  }

  /// As other programs read it.
  private struct Entry: Encodable {
    let site: String
    let lastSync: Date?
    let bytesSent: Int
    let federation: FederationStatus?
    let rounds: [Round]
    let models: [ModelVersion]
    let trials: [ModelTrial]
    let destinations: [OutboxFigures]

    init(_ status: SystemStatus) {
      site = status.site
      lastSync = status.lastSync
      bytesSent = status.bytesSent
      federation = status.federation
      rounds = status.rounds
      models = status.models
      trials = status.models.compactMap { status.trials[$0.id] }
      destinations = status.destinations
    }
  }
}
