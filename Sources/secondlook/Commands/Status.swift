import Agent
import ArgumentParser
import Foundation
import Radiology
import Store

struct Status: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says what runs, what waits, what failed, and what left the building.")

  @OptionGroup var options: StoreOptions
  @Flag(help: "Print JSON.") var json = false

  func run() async throws {
    let status = try SiteStatus(of: options.open())
    if json { return try sayJSON(status) }
    say("store     \(status.home)")
    if let disk = status.disk { say("disk      \(disk.text)") }
    say("model     \(status.model ?? "none: secondlook model add FOLDER")")
    say("studies   \(status.studies), \(status.unread) unread, \(status.signed) signed")
    say("waiting   \(status.untriaged) to triage, \(status.undelivered) to deliver")
    say("orders    \(status.ordersWithoutImages) without an image yet")
    say("lessons   \(status.lessons)")
    say("rounds    \(status.rounds), \(status.bytesSent) bytes left the building")
    say("agent     \(status.agent)")
    let rows = Heartbeat.names(among: status.stages.keys).compactMap { name in
      status.stages[name].map { beat in
        [name, beat.at.formatted(.iso8601), "\(beat.done)", beat.error ?? ""]
      }
    }
    if !rows.isEmpty { say(table(["stage", "last", "done", "error"], rows)) }
    sayArrivals(status)
  }

  private func sayArrivals(_ status: SiteStatus) {
    guard !status.arrivals.isEmpty || !status.refused.isEmpty else { return }
    say()
    say(
      table(
        ["arrived within 24 h from", "objects", "without a picture", "bytes", "last"],
        status.arrivals.map {
          [
            $0.source, "\($0.instances)", "\($0.refused)", "\($0.bytes)",
            $0.last.formatted(.iso8601),
          ]
        }))
    guard !status.refused.isEmpty else { return }
    say()
    say(
      table(
        ["refused lately", "by", "why"],
        status.refused.map { [$0.at.formatted(.iso8601), $0.actor, $0.detail] }))
  }
}

/// The figures of one site, as a screen and as JSON.
struct SiteStatus: Encodable {
  let home: String
  /// Of the store's disk; none where nobody can tell.
  let disk: DiskRoom?
  let model: String?
  let studies: Int
  let unread: Int
  let signed: Int
  let untriaged: Int
  let undelivered: Int
  /// What a worklist says was asked for and nothing has arrived of.
  let ordersWithoutImages: Int
  let lessons: Int
  let rounds: Int
  let bytesSent: Int
  /// Whether the background program runs, and how to start it.
  let agent: String
  let stages: [String: Heartbeat]
  /// Of the last 24 hours, by sender.
  let arrivals: [Arrivals]
  /// The newest refusals, the newest first.
  let refused: [AuditEvent]

  init(of site: LocalSite) throws {
    let rows = try site.store.worklist()
    let active = try site.store.activeModel()
    home = site.home.path
    disk = DiskRoom(at: site.home)
    model = active.map { "\($0.name) \($0.shortID)" }
    studies = rows.count
    unread = rows.count { $0.state == .unread }
    signed = rows.count { $0.state.isSigned }
    untriaged = try site.store.untriaged(by: active?.id, limit: .max).count
    undelivered = try site.store.undelivered(to: "folder").count
    ordersWithoutImages = try site.store.openOrders().count
    lessons = try site.store.lessons().count
    let all = try site.store.rounds()
    rounds = all.count
    bytesSent = all.flatMap(\.contributions).reduce(0) { $0 + $1.bytes }
    let pid = AgentLock.holder(home: site.home).map { ", process \($0)" } ?? ""
    agent =
      AgentLock.isHeld(home: site.home)
      ? "running\(pid)" : "not running; start it with: secondlook agent"
    stages = try Heartbeat.all(in: site.store)
    arrivals = try site.store.arrivals(since: Date() - 86_400)
    refused = try site.store.refusals()
  }
}
