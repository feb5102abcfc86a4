import ArgumentParser
import Foundation
import Radiology
import Store

struct Audit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints the audit log, or checks that nobody changed it.")

  @OptionGroup var options: StoreOptions
  @Flag(help: "Check the chain of digests from the first event to the last.") var verify = false
  @Option(help: "How many of the newest events to print.") var last = 50
  @Flag(help: "Print JSON.") var json = false

  func run() async throws {
    let store = try options.open().store
    if verify {
      let count = try store.verifyAudit()
      return say("\(count) events, none changed, none missing.")
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
