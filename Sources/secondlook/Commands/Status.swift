import ArgumentParser
import Foundation
import Radiology
import Store
import Workstation

struct Status: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says what runs, what waits, what failed, and what left the building.",
    discussion: "The workstation shows the same on its system screen, g s.")

  @OptionGroup var options: StoreOptions
  @Flag(help: "Print JSON.") var json = false
  @Flag(help: "Read the whole database and say whether it is intact, and nothing else.")
  var check = false

  func run() async throws {
    let site = try options.open()
    if check {
      try site.store.checkIntegrity()
      return say("The database is intact; secondlook audit --verify checks the log in it.")
    }
    let status = try SystemStatus(of: site)
    if json { return try sayJSON(status) }
    sayStore(status)
    say("agent     \(agent(status))")
    say("receiver  \(receiver(status))")
    if let error = status.configurationError { say("config    \(error)") }
    sayStages(status)
    sayFailed(status)
    sayDestinations(status)
    sayArchives(status)
    saySenders(status)
  }

  private func sayStore(_ status: SystemStatus) {
    if let storage = status.storage {
      let figures = storage.figures
      say("store     \(storage.home)")
      say("disk      \(storage.disk?.text ?? "how much is free is not known")")
      say("studies   \(figures.studies), \(figures.unread) unread, \(figures.signed) signed")
      say("orders    \(figures.ordersWithoutImages) without an image yet")
      say("lessons   \(figures.lessons)")
      say(
        "bytes     \(storage.databaseBytes) of the database, \(figures.objectBytes) of "
          + counted(figures.objects, "object", "objects"))
    }
    let model = status.model.map { "\($0.name) \($0.shortID)" }
    say("model     \(model ?? "none: secondlook model add FOLDER")")
    say(
      "waiting   \(waiting(status.backlog(of: "read"), "to triage")), "
        + waiting(status.undelivered, "to deliver"))
    say("rounds    \(status.rounds.count), \(status.bytesSent) bytes left the building")
    say("whole?    \(SystemStatus.checks.joined(separator: ", "))")
  }

  private func waiting(_ backlog: Backlog?, _ words: String) -> String {
    guard let backlog else { return "not known how many \(words)" }
    let oldest = backlog.oldest.map { " (since \($0.formatted(.iso8601)))" } ?? ""
    return "\(backlog.count) \(words)\(oldest)"
  }

  private func agent(_ status: SystemStatus) -> String {
    guard let agent = status.agent else { return "not known whether it runs" }
    if agent.isRunning {
      let since = agent.since.map { " since \($0.formatted(.iso8601))" } ?? ""
      return "running\(since)" + (agent.process.map { ", process \($0)" } ?? "")
    }
    let seen = agent.seen.map { ", last heard of \($0.formatted(.iso8601))" } ?? ""
    return "✖ NOT RUNNING\(seen); start it with: \(SystemStatus.AgentState.start)"
  }

  private func receiver(_ status: SystemStatus) -> String {
    switch status.receiver {
    case .unknown: "not known"
    case .notConfigured: "none: no [receive] in secondlook.toml"
    case .listening(let place, let since):
      "listening as \(place)" + (since.map { " since \($0.formatted(.iso8601))" } ?? "")
    case .down(let place, let reason): "✖ \(place) does not listen: \(reason)"
    }
  }

  private func sayStages(_ status: SystemStatus) {
    let rows = status.stages.compactMap { stage in
      stage.ran.map { ran in
        let isFailing = stage.health == .failed
        return [
          stage.name, ran.formatted(.iso8601), "\(stage.done)",
          isFailing ? stage.error ?? "failed" : "",
        ]
      }
    }
    if !rows.isEmpty { say(table(["stage", "last", "done", "error"], rows)) }
    for stage in status.stages where stage.health == .failed {
      if let remedy = stage.remedy { say("\(stage.name) fails; try: \(remedy)") }
    }
  }

  private func sayFailed(_ status: SystemStatus) {
    guard status.failedCount > 0 else { return }
    say()
    say(
      table(
        ["failed study", "exam", "since", "why"],
        status.failedStudies.map {
          [$0.label, $0.exam, $0.failed.formatted(.iso8601), $0.reason]
        }))
    say("\(counted(status.failedCount, "study", "studies")) failed; try: secondlook retry")
  }

  private func sayDestinations(_ status: SystemStatus) {
    guard !status.destinations.isEmpty else { return }
    say()
    say(
      table(
        ["destination", "delivered", "waiting", "dead", "last", "why it waits"],
        status.destinations.map {
          [
            $0.destination, "\($0.delivered)", "\($0.waiting)", "\($0.dead)",
            $0.last?.formatted(.iso8601) ?? "–", $0.reason ?? "",
          ]
        }))
    let dead = status.destinations.map(\.dead).reduce(0, +)
    guard dead > 0 else { return }
    say("\(counted(dead, "document", "documents")) given up; try: secondlook outbox --dead")
  }

  private func sayArchives(_ status: SystemStatus) {
    guard !status.archives.isEmpty else { return }
    say()
    say(
      table(
        ["archive", "answered", "received", "of", "incomplete studies", "error"],
        status.archives.map { archive in
          [
            archive.name, archive.polled?.formatted(.iso8601) ?? "not known",
            archive.tally.map { "\($0.received)" } ?? "–",
            archive.tally.map { "\($0.expected)" } ?? "–",
            archive.tally.map { "\($0.incomplete)" } ?? "–", archive.error ?? "",
          ]
        }))
  }

  private func saySenders(_ status: SystemStatus) {
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
