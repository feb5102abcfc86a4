import ArgumentParser
import Foundation
import Radiology
import Store

struct Outbox: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows what is on its way to its destinations, and sends again what was given up.",
    discussion: """
      Every document of every version that was let out has a number here for each destination. One \
      that cannot be delivered is tried again by the agent, ever later, until it is delivered or \
      given up: a dead letter, which stays until somebody asks for it to be sent again. What was \
      sent once is sent again unchanged.
      """)

  @OptionGroup var options: StoreOptions
  @Argument(
    help: ArgumentHelp(
      "Only what is of this study: accession number, UID or #row.", valueName: "study"))
  var study: String?
  @Flag(help: "Only dead letters.") var dead = false
  @Flag(help: "Delivered and superseded documents too.") var everything = false
  @Option(
    name: .customLong("retry"), parsing: .upToNextOption,
    help: ArgumentHelp("Send these again, at once.", valueName: "number"))
  var retried: [Int] = []
  @Flag(help: "Send all dead letters again, at once, but those of a doubtful patient.")
  var allDead = false
  @Option(
    help: ArgumentHelp("Say what is the matter with one, and what helps.", valueName: "number"))
  var explain: Int?
  @Option(name: .customLong("as"), help: ArgumentHelp("Who asks.", valueName: "name"))
  var actor: String?
  @Flag(help: "Print JSON: the documents, after what was asked.") var json = false

  func validate() throws {
    guard actor != nil || (retried.isEmpty && !allDead) else {
      throw ValidationError("Say who asks, with --as NAME.")
    }
    guard retried.isEmpty || !allDead else {
      throw ValidationError("Name the documents, or say --all-dead.")
    }
  }

  func run() async throws {
    guard let actor, allDead || !retried.isEmpty else {
      return try show(try options.open().store)
    }
    let store = try options.open(to: .takeIn).store
    let named = allDead ? try items(store, [.dead]).map(\.number) : retried
    // Whoever names one has looked at it; among all of them nobody has.
    let refused = try store.sendAgain(named, settlingDoubts: !allDead, by: actor, at: Date())
    if json {
      try show(store)
    } else {
      let count = named.count - refused.count
      say("\(counted(count, "document", "documents")) will be sent again by the agent.")
    }
    guard refused.isEmpty else { throw NotSentAgain(reasons: refused) }
  }

  private func show(_ store: Store) throws {
    if let explain {
      let item = try store.outboxItem(explain)
      if json { return try sayJSON(item) }
      return say(Self.explanation(of: item, at: Date()))
    }
    let items = try items(
      store, dead ? [.dead] : everything ? OutboxItem.State.allCases : [.waiting, .sending, .dead])
    if json { return try sayJSON(items) }
    guard !items.isEmpty else { return say(try nothing(store)) }
    say(
      table(
        ["number", "study", "document", "to", "state", "tries", "next", "why"],
        try items.map { item in
          [
            "\(item.number)",
            try store.study(item.study).map { $0.accession.isEmpty ? $0.uid : $0.accession } ?? "",
            item.title,
            item.destination, item.state.rawValue, "\(item.attempts)",
            item.state == .waiting ? item.due.formatted(.iso8601) : "", item.reason ?? "",
          ]
        }))
  }

  /// What to say where no document is listed; a report just signed has none before the agent comes.
  private func nothing(_ store: Store) throws -> String {
    if dead { return "No document was given up." }
    let fresh = study == nil ? try store.deliveryBacklog().count : 0
    guard fresh > 0 else { return "Nothing waits to be delivered." }
    return "\(counted(fresh, "report waits", "reports wait")) for the agent, which makes the "
      + "documents; export --dry-run shows what would go where."
  }

  private func items(_ store: Store, _ states: [OutboxItem.State]) throws -> [OutboxItem] {
    try store.outbox(states, of: study.map { try store.study(named: $0).uid })
  }

  /// What is known of one document, and what helps.
  static func explanation(of item: OutboxItem, at now: Date) -> String {
    var lines = ["Document \(item.number), \(item.title), to \(item.destination)"]
    lines.append(
      "state     \(item.state.rawValue), \(counted(item.attempts, "attempt", "attempts"))")
    lines.append("since     \(item.queued.formatted(.iso8601))")
    if let name = item.fileName {
      let size = item.bytes.map { ", \($0) bytes" } ?? ""
      lines.append("file      \(name)\(size), SHA-256 \(item.digest ?? "")")
    } else {
      lines.append("file      not made yet; its bytes are fixed when it is first sent")
    }
    switch item.state {
    case .waiting:
      lines.append(
        item.due > now
          ? "next      \(item.due.formatted(.iso8601))"
          : "next      as soon as the agent comes to it, after older versions of the same document")
    case .sending: lines.append("next      the agent is at it")
    case .delivered:
      lines.append(
        item.isVerified
          ? "verified  the destination was asked afterwards, and has it"
          : "verified  no: the destination says that it has it and cannot be, or was not, asked")
    case .dead, .superseded, .needless: break
    }
    if item.isUncertain {
      lines.append(
        "doubt     an attempt ended without an answer: the destination may have it"
          + (item.state == .superseded
            ? " besides the newer version"
            : " already, and is asked before it is sent again where it can be"))
    }
    if let reason = item.reason { lines.append("why       \(reason)") }
    if let code = item.code { lines.append("remedy    \(code.remedy)") }
    return lines.joined(separator: "\n")
  }
}

/// Refused, because only what waits or was given up is sent again.
struct NotSentAgain: Error, CustomStringConvertible {
  let reasons: [Int: String]

  var description: String {
    reasons.sorted { $0.key < $1.key }.map { "Not sent again: \($0.key), as \($0.value)." }
      .joined(separator: " ")
  }
}
