import Foundation

/// One figure of the benchmarks of ingestion and delivery: ours beside the peers'.
struct BenchFigure: Encodable {
  let what: String
  let unit: String
  let ours: Double
  var peers: [String: Double] = [:]
  /// What the ratio to the best peer should be, where something was aimed at.
  var aim: Double?
  /// Whether less is better.
  var isCost = false

  /// How many times better than the best peer, or than the one the aim names; nil without peers.
  var ratio: Double? {
    guard let best = isCost ? peers.values.min() : peers.values.max() else { return nil }
    return isCost ? best / ours : ours / best
  }

  private enum Key: String, CodingKey { case what, unit, ours, peers, ratio = "ratio_to_best", aim }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(what, forKey: .what)
    try container.encode(unit, forKey: .unit)
    try container.encode(ours, forKey: .ours)
    try container.encode(peers, forKey: .peers)
    // Null where there is none: the keys are always there.
    try container.encode(ratio, forKey: .ratio)
    try container.encode(aim, forKey: .aim)
  }

  /// The rows as a table for people.
  static func text(_ rows: [BenchFigure]) -> String {
    let peers = Set(rows.flatMap(\.peers.keys)).sorted()
    return table(
      ["what", "unit", "ours"] + peers + (peers.isEmpty ? [] : ["to the best", "aim"]),
      rows.map { row in
        [row.what, row.unit, words(row.ours)] + peers.map { row.peers[$0].map(words) ?? "–" }
          + (peers.isEmpty
            ? []
            : [row.ratio.map { "\(words($0))x" } ?? "–", row.aim.map { "\(words($0))x" } ?? ""])
      })
  }

  private static func words(_ value: Double) -> String {
    value.formatted(
      .number.precision(.significantDigits(2...4)).grouping(.never).locale(.init(identifier: "en")))
  }
}
