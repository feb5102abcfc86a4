import Foundation

/// The rows as tables for people: runs, then fresh processes, then manners.
struct BenchReport {
  let rows: [BenchRow]
  /// What the processor does at best, in operations a second.
  let peak: Double?
  let heading: String

  var text: String {
    let fresh = rows.filter { $0.memory != nil }
    let watched = rows.filter(\.watchesTail)
    let plain = rows.filter { $0.memory == nil && !$0.watchesTail }
    var parts = [heading + (peak.map { String(format: "; FMA peak %.0f GFLOP/s", $0 / 1e9) } ?? "")]
    if !plain.isEmpty { parts.append(runs(plain)) }
    if !fresh.isEmpty { parts += [runs(fresh), memory(fresh)] }
    if !watched.isEmpty { parts.append(manners(watched)) }
    parts += rows.compactMap { row in
      row.objection.map { "No ratio for \(row.what) of \(row.network.rawValue): \($0)." }
    }
    return parts.joined(separator: "\n\n")
  }

  private func runs(_ rows: [BenchRow]) -> String {
    let peers = Set(rows.flatMap(\.peers.keys)).sorted()
    let isCompared = !peers.isEmpty
    let hasPeak = rows.contains { $0.shareOfPeak != nil }
    return table(
      ["what", "net", "batch", "ours ms"] + peers + (isCompared ? ["ratio", "bar"] : [])
        + (hasPeak ? ["of FMA peak"] : []),
      rows.map { row in
        [row.what, row.network.rawValue, "\(row.batch)", Self.words(row.ours)]
          + peers.map { row.peers[$0].map(Self.words) ?? "–" }
          + (isCompared
            ? [
              row.ratio.map { String(format: "%.2f", $0) } ?? "–",
              Self.verdict(row.bar, row.ratio.map { $0 >= row.bar ?? 0 }, sign: "≥"),
            ] : [])
          + (hasPeak ? [percent(row.shareOfPeak)] : [])
      })
  }

  private func memory(_ rows: [BenchRow]) -> String {
    let peers = Set(rows.flatMap(\.peerMemory.keys)).sorted()
    return table(
      ["peak memory", "net", "batch", "ours MB"] + peers + (peers.isEmpty ? [] : ["share", "bar"]),
      rows.map { row in
        [row.what, row.network.rawValue, "\(row.batch)", Self.megabytes(row.memory)]
          + peers.map { Self.megabytes(row.peerMemory[$0]) }
          + (peers.isEmpty
            ? []
            : [
              row.shareOfMemory.map { String(format: "%.2f", $0) } ?? "–",
              Self.verdict(
                BenchRow.memoryBar, row.shareOfMemory.map { $0 <= BenchRow.memoryBar }, sign: "≤"),
            ])
      })
  }

  private func manners(_ rows: [BenchRow]) -> String {
    table(
      ["what", "net", "median ms", "p99 ms"],
      rows.map {
        [
          $0.what, $0.network.rawValue, Self.number($0.ours.median),
          Self.number($0.ours.percentile(99)),
        ]
      })
  }

  private static func verdict(_ bar: Double?, _ isMet: Bool?, sign: String) -> String {
    guard let bar else { return "" }
    let promise = "\(sign) \(bar.formatted())"
    return isMet.map { "\(promise) \($0 ? "met" : "missed")" } ?? promise
  }

  private static func words(_ times: Times) -> String {
    "\(number(times.median)) (\(number(times.spread.lowerBound))–"
      + "\(number(times.spread.upperBound)))"
  }

  private static func number(_ value: Double) -> String {
    String(format: value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value)
  }

  private static func megabytes(_ value: Double?) -> String {
    value.map { String(format: "%.0f", $0) } ?? "–"
  }
}
