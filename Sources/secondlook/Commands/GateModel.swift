import Agent
import ArgumentParser
import Foundation
import Gateway
import Radiology
import Store
import Triage

/// A candidate's trial beside the model that sorts the worklist.
struct GateModel: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gate",
    abstract: "Tries a candidate beside the model that sorts the worklist.",
    discussion: """
      Both read the frozen images of this site, that neither has learned from. The candidate passes \
      if its AUROC is lower by less than the margin with 95 % confidence (paired bootstrap by \
      patient), it is not worse in any group of studies with enough cases, points as well, is \
      calibrated here, and does not call far more of the recent studies. One that failed is \
      rejected. The agent does this by itself for every candidate; [model] in secondlook.toml has \
      the margins.
      """)
  @OptionGroup var options: StoreOptions
  @Argument(help: "The candidate's id or its beginning; the newest one if left out.")
  var id: String?
  @Flag(help: "Print JSON.") var json = false

  func run() async throws {
    let site = try options.open(to: .administer)
    let rules = try Configuration.read(home: site.home).model
    let candidate = try id.map { try site.model(named: $0).id } ?? newest(site.store)
    let line = ProgressLine()
    let trial = try await interruptible {
      try await site.gate(under: rules).run(candidate) { event in
        switch event {
        case .calibrating: line.show("Calibrating …")
        case .shadowing(let done, let all):
          line.show("Recent studies \(bar(Double(done) / Double(all))) \(done)/\(all)")
        case .comparing(let done, let all):
          line.show("Frozen images \(bar(Double(done) / Double(all))) \(done)/\(all)")
        }
      }
    }
    line.clear()
    if json { return try sayJSON(Judged(trial)) }
    if trial.model != candidate {
      say("\(candidate.prefix(12)) was calibrated anew for this site: \(trial.model.prefix(12)).")
    }
    say(trial.text)
  }

  private func newest(_ store: Store) throws -> ModelVersion.ID {
    guard let newest = try store.models().last(where: { $0.state == .candidate }) else {
      throw ValidationError("There is no candidate; secondlook model lists what there is.")
    }
    return newest.id
  }

  /// With the verdict, which follows from the checks.
  private struct Judged: Encodable {
    let verdict: ModelTrial.Verdict
    let trial: ModelTrial

    init(_ trial: ModelTrial) {
      self.trial = trial
      verdict = trial.verdict
    }
  }
}

extension ModelTrial {
  /// Figures and sentences, a line a check.
  var text: String {
    func figure(_ value: Double?) -> String { value.map { String(format: "%.3f", $0) } ?? "–" }
    let rows = checks.map { check in
      [
        check.verdict.rawValue, check.name, figure(check.candidate), figure(check.active),
        check.low.flatMap { low in
          check.high.map { String(format: "%+.3f to %+.3f", low, $0) }
        } ?? "–",
        "\(check.cases)", check.reason,
      ]
    }
    return """
      \(model.prefix(12)) beside \(against.prefix(12)), \(counted(lessons, "frozen image", "frozen images")): \
      \(verdict.rawValue.uppercased())
      \(table(["", "figure", "candidate", "active", "difference (95 %)", "cases", ""], rows))
      \(Card.disclaimer)
      """
  }
}
