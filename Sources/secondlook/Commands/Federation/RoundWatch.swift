import Federation
import Foundation
import Synchronization
import Triage

/// Tells people, or another program, how the rounds of a consortium go.
final class RoundWatch: Sendable {
  private let printsJSON: Bool
  private let line = ProgressLine()
  private let heard = Mutex<(asked: [String], answered: Set<String>)>(([], []))

  init(printsJSON: Bool) { self.printsJSON = printsJSON }

  /// A sentence for people; not among lines of JSON.
  func say(_ text: String) {
    line.clear()
    if printsJSON { warn(text) } else { secondlook.say(text) }
    // Under a service manager every line is wanted when it is said.
    fflush(nil)
  }

  func note(_ event: ConsortiumEvent) {
    switch event {
    case .resuming(let round): say("Goes on after round \(round).")
    case .changed(let options):
      say(
        "Goes on otherwise than before: " + options.map(\.description).joined(separator: "; ") + "."
      )
    case .rosterChanged(let number, let joined, let gone):
      let words = joined.map { "with \($0)" } + gone.map { "without \($0)" }
      say(
        "Roster \(number) counts from now on"
          + (words.isEmpty ? "" : ", " + words.joined(separator: ", "))
          + ". Every site approves its task anew.")
    case .rosterKept(let number, let reason):
      say(
        "The roster's file cannot be used: \(reason) Roster \(number) still counts, and nobody else "
          + "is let in. Take the file back from a backup.")
    case .waiting(let round, let online, let needed):
      say(
        "Round \(round) waits for \(counted(needed, "site", "sites")); online: "
          + (online.isEmpty ? "none" : online.joined(separator: ", ")) + ".")
    case .asked(let round, let sites):
      heard.withLock { $0 = (sites, []) }
      show(round)
    case .answered(let round, let site):
      heard.withLock { _ = $0.answered.insert(site) }
      show(round)
    case .ended(let round): end(round)
    case .measured(let found): end(found)
    }
  }

  private func show(_ round: Int) {
    let (asked, answered) = heard.withLock { $0 }
    let missing = asked.filter { !answered.contains($0) }
    line.show(
      "Round \(round) \(bar(Double(answered.count) / Double(max(1, asked.count)))) "
        + (missing.isEmpty ? "" : "waits for \(missing.joined(separator: ", "))"))
  }

  private func end(_ round: ConsortiumRound) {
    if printsJSON { return sayLine(["round": round]) }
    let came = round.contributions.map {
      "\($0.site) \($0.examples) examples, change \(Self.figure($0.norm))"
    }
    say(
      "Round \(round.round)/\(round.rounds): "
        + (came.isEmpty ? "nobody" : came.joined(separator: "; ")))
    sayRefused(round.refused)
    say(
      round.model.map { "  model \($0.prefix(12))" }
        ?? "  the model stays as it was")
  }

  private func end(_ found: ConsortiumMeasurement) {
    if printsJSON { return sayLine(["measured": found]) }
    for finding in found.findings {
      say("\(finding.site): loss \(Self.figure(finding.loss)) on \(finding.examples) examples")
    }
    if found.findings.isEmpty { say("No site measured the model.") }
    sayRefused(found.refused)
  }

  private func sayRefused(_ refused: [RefusedSite]) {
    for site in refused { say("  without \(site.site): \(site.reason)") }
  }

  private func sayLine(_ value: some Encodable) {
    line.clear()
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    if let data = try? encoder.encode(value) { print(String(decoding: data, as: UTF8.self)) }
    fflush(nil)
  }

  private static func figure(_ value: Double) -> String { String(format: "%.4g", value) }
}
