import Foundation
import Radiology
import Terminal

// Where a report went, and what of it is still on its way.
extension ClinicalReport {
  /// What of the version shown has reached nobody yet, and why; none where all of it has.
  func missingDelivery(_ status: SystemStatus) -> String? {
    let isPreliminary = found.standing == .preliminary
    let underWay = undelivered.filter { $0.isPreliminary == isPreliminary && isShown($0.version) }
    if !underWay.isEmpty {
      let places = Set(underWay.map(\.destination)).sorted().joined(separator: ", ")
      return "▲ not yet all of it: \(places)"
    }
    if isPreliminary {
      return dispatches.contains(where: \.isPreliminary)
        ? nil : "– a preliminary report is delivered to nobody"
    }
    guard let version = open.report?.version,
      !dispatches.contains(where: { $0.version == version && !$0.isPreliminary })
    else { return nil }
    let what = dispatches.isEmpty ? "nowhere yet" : "version \(version), shown here: nowhere yet"
    let stage = status.stages.first { $0.name.hasPrefix("deliver") && $0.health == .failed }
    return "▲ \(what)" + (stage?.error.map { "; delivery fails: \($0)" } ?? "")
  }

  private func isShown(_ version: Int) -> Bool {
    open.report.map { $0.version == version } ?? true
  }

  /// What is on its way or was given up, one line each with the reason.
  func undeliveredLines(at moment: (Date) -> String) -> [(text: String, style: Style)] {
    undelivered.map { item in
      let what = "\(item.title) to \(item.destination)"
      let why = item.reason.map { ": \($0)" } ?? ""
      return item.state == .dead
        ? ("✖ \(what) was given up\(why)", .critical)
        : ("▲ \(what) waits since \(moment(item.queued))\(why)", .warning)
    }
  }
}
