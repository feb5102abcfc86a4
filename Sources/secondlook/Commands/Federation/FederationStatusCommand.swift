import Agent
import ArgumentParser
import Foundation
import Gateway
import Radiology
import Workstation

extension FederationCommand {
  struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Says with whom this site learns, what it does now, what waits, what left.",
      discussion: "The workstation shows the same with g y.")

    @OptionGroup var options: StoreOptions
    @Flag(help: "Print JSON.") var json = false
    @Flag(help: "Print it anew whenever it changes; ^C ends.") var watch = false

    func run() async throws {
      let site = try options.open()
      let demands = try Configuration.read(home: site.home).federation
      var last: FederationStatus?
      repeat {
        let status = try FederationStatus(of: site.store, demands: demands)
        if status != last {
          // A whole screen for a person, one after the other for a program.
          if watch, !json, isatty(STDOUT_FILENO) == 1 { print("\u{1B}[H\u{1B}[2J", terminator: "") }
          if json { try sayJSON(status) } else { say(status.text) }
          fflush(nil)
          last = status
        }
        if watch { try await Task.sleep(for: .seconds(1)) }
      } while watch
    }
  }
}

extension FederationStatus {
  /// What a sysadmin reads.
  var text: String {
    guard let seat else {
      return """
        This site takes part in no federation, so it learns from its own lessons only.
          → secondlook federation join https://HOST:PORT --authority FILE
        """
    }
    var lines = [
      "coordinator  \(seat.url), joined \(seat.joined.formatted(.iso8601)) by \(seat.joinedBy)"
    ]
    if let name = names.last { lines.append("site         \(name) to its partners") }
    lines.append("key          \(seat.key)")
    lines.append("now          \(nowText)")
    if let note = progress?.note { lines.append("             \(note)") }
    for task in pending {
      lines.append(
        "▲ waits      task \(task.shortID), \(task.bytes) bytes a round: secondlook federation "
          + "approve \(task.shortID)")
    }
    lines.append("lessons      \(lessons) to learn from, \(validation) to calibrate with")
    lines.append("privacy      \(privacyText)")
    lines += releases.prefix(10).map(\.text)
    if releases.isEmpty { lines.append("left         nothing has left this site") }
    return lines.joined(separator: "\n")
  }

  private var nowText: String {
    if let pause {
      let reason = pause.reason.map { ": \($0)" } ?? ""
      return "paused by \(pause.by)\(reason) (secondlook federation resume)"
    }
    guard let progress else { return "not yet known; does the agent run?" }
    var text = progress.phase.rawValue
    if let round = progress.round {
      text += ", round \(round)" + (progress.rounds.map { " of \($0)" } ?? "")
    }
    if let done = progress.done { text += ", \(percent(done)) done" }
    return text + " (\(progress.at.formatted(.iso8601)))"
  }

  private var privacyText: String {
    let budget = privacy.budget.map { " of \($0)" } ?? "; no budget is set"
    guard let epsilon = privacy.epsilon else {
      return "\(counted(privacy.plain, "answer", "answers")) left without noise: nothing bounds "
        + "what they tell" + budget
    }
    return String(format: "ε = %.3g", epsilon) + budget
      + " at δ = \(privacy.delta), of the site as a whole, in "
      + counted(privacy.noisy, "answer", "answers")
  }
}

extension Release {
  fileprivate var text: String {
    let round = round.map { "round \($0)" } ?? "a round"
    guard let bytes, let taken, let answer else {
      return "left         \(kind), \(round): sealed \(sealed.formatted(.iso8601)), not there yet"
    }
    return "left         \(kind), \(round): \(bytes) bytes \(taken.formatted(.iso8601)), "
      + "SHA-256 \(answer.prefix(12))…"
  }
}
