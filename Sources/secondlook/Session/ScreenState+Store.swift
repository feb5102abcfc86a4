import Agent
import Foundation
import Radiology
import Store
import Workstation

extension ScreenState {
  /// Readers who share a store each come back to where they themselves were.
  private static var key: String { "workstation.screen.\(getuid())" }

  /// Where the reader left off; none on the first start, or if it can no longer be read.
  init?(savedIn store: Store) throws {
    guard let text = try store.value(forKey: Self.key),
      let state = try? JSONDecoder().decode(ScreenState.self, from: Data(text.utf8))
    else { return nil }
    self = state
  }

  func save(in store: Store) throws {
    try store.set(String(decoding: try JSONEncoder().encode(self), as: UTF8.self), forKey: Self.key)
  }
}

extension SystemStatus {
  /// How the stages, models and rounds of a site are doing, from what the store remembers.
  init(of site: LocalSite) throws {
    let status = try SiteStatus(of: site)
    let waiting = [
      "read": status.untriaged, "deliver": status.undelivered, "learn": 0, "ingest": 0,
    ]
    let stages = Heartbeat.names(among: status.stages.keys).map { name in
      let beat = status.stages[name]
      let count = waiting[name] ?? 0
      return Stage(
        name: name,
        health: beat?.error != nil ? .failed : beat == nil ? .off : count > 0 ? .working : .waiting,
        detail: beat?.error ?? (count > 0 ? "\(count) waiting" : "nothing waiting"),
        last: beat?.at)
    }
    let rounds = try site.store.rounds().sorted { $0.number > $1.number }
    self.init(
      site: ProcessInfo.processInfo.hostName, model: try site.store.activeModel(), stages: stages,
      models: try site.store.models().sorted { $0.made > $1.made }, rounds: rounds,
      lastSync: rounds.first?.ended, arrivals: status.arrivals, refused: status.refused)
  }
}
