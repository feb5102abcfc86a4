/// One line of a benchmark: ours beside the peers.
struct BenchRow {
  /// `infer`, `infer int8`, `train`, `train, clipped per image`, `train beside others`, `start` and
  /// so on.
  let what: String
  let network: BenchNetwork
  let batch: Int
  let ours: Times
  var peers: [String: Times] = [:]
  /// Largest resident memory in MB, where a fresh process was measured.
  var memory: Double?
  var peerMemory: [String: Double] = [:]
  /// Operations of one run by direct count, in parts of what the processor could do in that time.
  var shareOfPeak: Double?
  /// What speaks against comparing; then there is no ratio.
  var objection: String?
  /// Whether the slowest of hundred runs matter as much as the middle one.
  var watchesTail = false

  /// How many times faster than the fastest peer; nil without one, or with an objection.
  var ratio: Double? {
    guard objection == nil, let best = peers.values.map(\.median).min() else { return nil }
    return best / ours.median
  }

  /// Our memory in parts of the leanest peer's.
  var shareOfMemory: Double? {
    guard let memory, let leanest = peerMemory.values.min() else { return nil }
    return memory / leanest
  }

  /// The ratio that has to be reached, where one was promised.
  var bar: Double? {
    switch (what, network) {
    case ("infer", .small), ("infer", .medium): batch == 1 ? 1.5 : nil
    case ("infer", .resNet18): batch == 1 ? 1.25 : nil
    case ("infer int8", _): batch == 1 ? 1.1 : nil
    case ("train", _): 1.6
    case ("train beside others", _): 2.5
    case ("start", _): 3
    default: nil
    }
  }

  /// The part of the leanest peer's memory that may be used.
  static let memoryBar = 0.6
}

extension BenchRow: Encodable {
  private enum Key: String, CodingKey {
    case what, net, batch, peers, objection
    case ours = "ours_ms"
    case ratio = "ratio_to_best"
    case spread = "ours_spread_ms"
    case peerSpreads = "peers_spread_ms"
    case tail = "ours_p99_ms"
    case shareOfPeak = "fma_peak_share"
    case memory = "ours_mb"
    case peerMemory = "peers_mb"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(what, forKey: .what)
    try container.encode(network.rawValue, forKey: .net)
    try container.encode(batch, forKey: .batch)
    try container.encode(ours.median, forKey: .ours)
    try container.encode(peers.mapValues(\.median), forKey: .peers)
    // Null where there is none: the key is always there.
    try container.encode(ratio, forKey: .ratio)
    try container.encode([ours.spread.lowerBound, ours.spread.upperBound], forKey: .spread)
    if !peers.isEmpty {
      try container.encode(
        peers.mapValues { [$0.spread.lowerBound, $0.spread.upperBound] }, forKey: .peerSpreads)
    }
    if watchesTail { try container.encode(ours.percentile(99), forKey: .tail) }
    try container.encodeIfPresent(shareOfPeak, forKey: .shareOfPeak)
    try container.encodeIfPresent(objection, forKey: .objection)
    try container.encodeIfPresent(memory, forKey: .memory)
    if !peerMemory.isEmpty { try container.encode(peerMemory, forKey: .peerMemory) }
  }
}
