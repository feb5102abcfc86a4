/// What may be said of a site's lessons as a whole: how many fall into each bin, and sums of many.
///
/// Of one lesson a count tells no more than its bin, and a sum stands for ``leastInSum`` lessons or
/// more. Calibration and familiarity of a common model are made of nothing else.
public struct Statistics: Sendable, Equatable {
  /// How many lessons fall into each bin of a scale that both ends know.
  public struct Histogram: Sendable, Equatable {
    /// 1 to 64 of the characters `a-z 0-9 .`.
    public let name: String
    public let counts: [Int]

    public init(name: String, counts: [Int]) {
      precondition(Statistics.isName(name), "a name is 1 to 64 of a-z 0-9 .")
      precondition(counts.allSatisfy { (0...Statistics.mostLessons).contains($0) }, "a count")
      self.name = name
      self.counts = counts
    }
  }

  /// The same figures of several lessons, added up.
  public struct Sum: Sendable, Equatable {
    /// 1 to 64 of the characters `a-z 0-9 .`.
    public let name: String
    /// How many lessons it stands for.
    public let lessons: Int
    public let values: [Double]

    public init(name: String, lessons: Int, values: [Double]) {
      precondition(Statistics.isName(name), "a name is 1 to 64 of a-z 0-9 .")
      precondition((0...Statistics.mostLessons).contains(lessons), "a count")
      self.name = name
      self.lessons = lessons
      self.values = values
    }
  }

  public var histograms: [Histogram]
  public var sums: [Sum]

  public init(histograms: [Histogram] = [], sums: [Sum] = []) {
    self.histograms = histograms
    self.sums = sums
  }

  /// A sum of fewer lessons would show one patient too well, and never leaves.
  public static let leastInSum = 5
  /// More lessons than any site has; sums of many sites' counts stay far from overflow.
  static let mostLessons = 1 << 31

  /// The counts of that name.
  public func counts(_ name: String) -> [Int]? { histograms.first { $0.name == name }?.counts }

  /// The sum of that name.
  public func sum(_ name: String) -> Sum? { sums.first { $0.name == name } }

  /// Says something more of the same lessons.
  public mutating func add(_ more: Statistics) {
    histograms += more.histograms
    sums += more.sums
  }

  /// What several sites' lessons are like together.
  ///
  /// - Throws: ``FederationError/wrongShape`` if one site says other things than the first, or
  ///   counts more lessons than there can be.
  public static func pooled(_ parts: [Statistics]) throws(FederationError) -> Statistics {
    guard var pool = parts.first else { return Statistics() }
    for part in parts.dropFirst() {
      guard part.isShaped(like: pool) else { throw .wrongShape }
      for (index, other) in part.histograms.enumerated() {
        let counts = zip(pool.histograms[index].counts, other.counts).map(+)
        guard counts.allSatisfy({ $0 <= mostLessons }) else { throw .wrongShape }
        pool.histograms[index] = Histogram(name: other.name, counts: counts)
      }
      for (index, other) in part.sums.enumerated() {
        let lessons = pool.sums[index].lessons + other.lessons
        guard lessons <= mostLessons else { throw .wrongShape }
        pool.sums[index] = Sum(
          name: other.name, lessons: lessons,
          values: zip(pool.sums[index].values, other.values).map(+))
      }
    }
    return pool
  }

  private func isShaped(like other: Statistics) -> Bool {
    histograms.map(\.name) == other.histograms.map(\.name)
      && histograms.map(\.counts.count) == other.histograms.map(\.counts.count)
      && sums.map(\.name) == other.sums.map(\.name)
      && sums.map(\.values.count) == other.sums.map(\.values.count)
  }

  static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
          UInt8(ascii: "."):
          true
        default: false
        }
      }
  }
}
