import Foundation

extension SimulationReport.Round {
  /// The round as a table for people: AUROC on validation images, and the bytes that left.
  public func table(of rounds: Int) -> String {
    let names = sites.keys.sorted()
    func label(_ name: String) -> String {
      "  " + name + (sites[name]?.lie == nil ? "" : " (lies)")
    }
    let width = max(16, names.map { label($0).count }.max() ?? 0)
    var lines = [
      "Round \(round)/\(rounds)".filled(to: width) + "  federated  central  alone     bytes out"
    ]
    for name in names {
      guard let turn = sites[name] else { continue }
      let row = label(name).filled(to: width)
      lines.append(
        turn.absence.map { "\(row)  sat out: \($0)" }
          ?? row + Self.figures(turn.federated, turn.central, turn.alone, turn.bytes))
    }
    let bytes = sites.values.reduce(0) { $0 + $1.bytes }
    lines.append(
      "  all".filled(to: width) + Self.figures(pooled?.federated, pooled?.central, nil, bytes))
    return lines.joined(separator: "\n")
  }

  private static func figures(
    _ federated: Double?, _ central: Double?, _ alone: Double?, _ bytes: Int
  ) -> String {
    func figure(_ auroc: Double?) -> String { auroc.map { String(format: "%.3f", $0) } ?? "–" }
    return figure(federated).filled(before: 11) + figure(central).filled(before: 9)
      + figure(alone).filled(before: 7) + "\(bytes)".filled(before: 14)
  }
}

extension String {
  fileprivate func filled(to columns: Int) -> String {
    self + String(repeating: " ", count: max(0, columns - count))
  }

  fileprivate func filled(before columns: Int) -> String {
    String(repeating: " ", count: max(0, columns - count)) + self
  }
}
