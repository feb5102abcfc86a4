import ArgumentParser
import Foundation
import Radiology
import Store

struct Audit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints the audit log, or checks that nobody changed it.",
    discussion: """
      “secondlook audit verify” checks the chain of this site's events; with --ledger also a \
      coordinator's ledger, and that it counts of this site what this site sent.
      """)

  @OptionGroup var options: StoreOptions
  /// What to do but print.
  enum Action: String, ExpressibleByArgument, CaseIterable { case verify }

  @Argument(help: "verify: check it, as --verify does.") var action: Action?
  @Flag(help: "Check the chain of digests from the first event to the last.") var verify = false
  @Option(help: "How many of the newest events to print.") var last = 50
  @OptionGroup var ledger: LedgerOptions
  @Flag(help: "Print JSON.") var json = false

  func run() async throws {
    let store = try options.open().store
    if verify || action == .verify || ledger.ledger != nil {
      let count = try store.verifyAudit()
      say("\(count) events, none changed, none missing.")
      return try ledger.hold(against: store)
    }
    let events = try store.audit(limit: last)
    if json { return try sayJSON(events) }
    let format = Date.ISO8601FormatStyle()
    say(
      table(
        ["#", "when", "who", "what", "detail"],
        events.reversed().map {
          ["\($0.number)", $0.at.formatted(format), $0.actor, $0.kind.rawValue, $0.detail]
        }))
  }
}
