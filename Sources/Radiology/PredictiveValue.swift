import Foundation

/// How often the readers of this site called suspicious what a model scored at least so high.
///
/// It is the positive predictive value where a model's probability is taken for a threshold. The
/// readers' own signed calls are the reference, and most of them had seen the model's answer.
public struct PredictiveValue: Codable, Sendable, Hashable {
  /// Fewer reads say nothing that should be shown: even all alike, 20 leave 16 percent open.
  public static let fewest = 20

  /// Signed studies with a probability at or above the one in question.
  public let reads: Int
  /// Those of them that were called suspicious.
  public let suspicious: Int

  /// None for fewer than ``fewest`` reads.
  public init?(suspicious: Int, of reads: Int) {
    precondition((0...reads).contains(suspicious), "suspicious reads are some of all reads")
    guard reads >= Self.fewest else { return nil }
    (self.reads, self.suspicious) = (reads, suspicious)
  }

  /// 0 to 1.
  public var share: Double { Double(suspicious) / Double(reads) }

  /// Where the share of all such studies lies in 95 of 100 cases.
  ///
  /// Source: Wilson, Probable inference, the law of succession, and statistical inference, JASA
  /// 1927; z is 1.96.
  public var interval: ClosedRange<Double> {
    let count = Double(reads)
    let z = 1.96
    let stretch = 1 + z * z / count
    let middle = (share + z * z / (2 * count)) / stretch
    let half =
      z / stretch * (share * (1 - share) / count + z * z / (4 * count * count)).squareRoot()
    // At the ends the sum is 0 or 1 but for its rounding.
    return (suspicious == 0 ? 0 : middle - half)...(suspicious == reads ? 1 : middle + half)
  }
}

/// How signed studies were called, by the model that judged them and by its probability.
public struct ScoreTally: Sendable, Hashable {
  /// Each model is its own measure, and generated studies say nothing of patients.
  private struct Key: Sendable, Hashable {
    let model: ModelVersion.ID
    let isSynthetic: Bool
  }

  private struct Reads: Sendable, Hashable {
    var all = 0
    var suspicious = 0
  }

  /// By hundredths of probability.
  private var reads: [Key: [Reads]] = [:]

  public init() {}

  /// The hundredth a probability is counted under: the one at or just below it.
  public static func hundredth(_ probability: Double) -> Int {
    // 0.29 · 100 is a little less than 29.
    Int(probability * 100 + 1e-9)
  }

  /// Counts studies of one hundredth, 0 to 100.
  public mutating func add(
    _ studies: Int, model: ModelVersion.ID, isSynthetic: Bool, hundredth: Int, isSuspicious: Bool
  ) {
    precondition((0...100).contains(hundredth), "a probability is from 0 to 1")
    let key = Key(model: model, isSynthetic: isSynthetic)
    var column = reads[key] ?? Array(repeating: Reads(), count: 101)
    column[hundredth].all += studies
    if isSuspicious { column[hundredth].suspicious += studies }
    reads[key] = column
  }

  /// What the site's reads say of a study's probability; none without one, or with too few reads.
  public func predictiveValue(of row: WorklistRow) -> PredictiveValue? {
    guard let model = row.triage?.model, let probability = row.probability,
      let column = reads[Key(model: model, isSynthetic: row.study.isSynthetic)]
    else { return nil }
    let above = column[Self.hundredth(probability)...]
    return PredictiveValue(
      suspicious: above.reduce(0) { $0 + $1.suspicious }, of: above.reduce(0) { $0 + $1.all })
  }

  /// Whether there is any value to show.
  public var isTelling: Bool {
    reads.values.contains { $0.reduce(0) { $0 + $1.all } >= PredictiveValue.fewest }
  }
}
