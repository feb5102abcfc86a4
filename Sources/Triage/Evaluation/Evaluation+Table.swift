import Foundation

extension Evaluation {
  /// The figures as a table for people, ending in a newline.
  public var table: String {
    var lines = ["site             images  suspicious  AUROC  95 % interval  sensitivity at 0.90"]
    for (site, score) in sites.sorted(by: { $0.key < $1.key }) {
      lines.append(Self.line(site, score))
    }
    lines.append(Self.line("all", pooled))
    if let meanOfSites {
      lines.append(
        "mean of sites".padded(33)
          + String(format: "%8.3f", meanOfSites)
          + "  (of sites with at least \(Self.leastForMean) images)")
    }
    if pointing.of > 0 {
      let share = Double(pointing.hits) / Double(pointing.of)
      let interval =
        pointing.interval.map { String(format: " (%.2f to %.2f)", $0.low, $0.high) } ?? ""
      lines.append(
        "points at the lesion in \(pointing.hits) of \(pointing.of): "
          + String(format: "%.2f", share) + interval
          + String(format: ", a random point in %.2f", pointing.random))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func line(_ name: String, _ score: Score) -> String {
    func figure(_ value: Double?) -> String { value.map { String(format: "%.3f", $0) } ?? "–" }
    let interval =
      score.interval.map { String(format: "%.3f to %.3f", $0.low, $0.high) } ?? "–"
    return name.padded(17) + String(format: "%6d  %10d", score.images, score.suspicious)
      + "  " + figure(score.auroc).padded(7) + interval.padded(15) + figure(score.sensitivity)
  }
}

extension String {
  /// Cut or filled with spaces to a number of columns.
  fileprivate func padded(_ columns: Int) -> String {
    let short = prefix(columns)
    return short + String(repeating: " ", count: columns - short.count)
  }
}
