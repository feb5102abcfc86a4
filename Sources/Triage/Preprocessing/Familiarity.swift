import Foundation

/// What the images a model has learned from look like, to notice one that is unlike all of them.
///
/// A coarse check on purpose: it stops what is plainly no such radiograph (another body part,
/// an ultrasound image, a negative, noise), and leaves a strange radiograph to the radiologist's
/// eyes and the model's probability. An image is summed up in ``Figures``; the check is how far
/// they lie from the lessons' mean, measured by the lessons' own spread (Mahalanobis 1936).
public struct Familiarity: Codable, Sendable, Hashable {
  /// Mean figures of the lessons.
  let mean: PackedNumbers
  /// Spread of the lessons: the Cholesky factor of their covariance, lower triangle row by row.
  let factor: PackedNumbers
  /// Images farther from the mean than this (squared, in spreads) are unfamiliar.
  let limit: Float

  /// With fewer lessons nobody can tell how far familiar images lie apart.
  public static let leastLessons = 20

  /// Learns from lessons; nothing if there are fewer than ``leastLessons``.
  public init?(lessons: [Prepared]) {
    let halves = Self.halves(of: lessons)
    self.init(halves: halves, distances: Self.distances(of: lessons, from: halves))
  }

  /// Learns from two halves of the lessons, added up, and from how far each lesson lies from the
  /// half it is not in, as ``distances(of:from:)`` counts.
  ///
  /// The limit lies above 99.8 % of the lessons: measured against others, so that few lessons give
  /// a generous limit. Nothing comes of fewer than ``leastLessons``, or of sums that are none.
  public init?(halves: [FigureSums], distances: [Int]) {
    let lessons = halves.reduce(0) { $0 + $1.images }
    guard halves.count == 2, lessons >= Self.leastLessons,
      let limit = Self.limit(above: 0.998, of: distances)
    else { return nil }
    let spread = Spread(of: halves[0] + halves[1])
    mean = PackedNumbers(spread.mean)
    factor = PackedNumbers(spread.factor)
    self.limit = Float(limit * 1.15)
    guard isSound else { return nil }
  }

  /// The figures of every other lesson, added up, and those of the rest.
  public static func halves(of lessons: [Prepared]) -> [FigureSums] {
    var halves = [FigureSums(), FigureSums()]
    for (place, lesson) in lessons.enumerated() { halves[place % 2].add(Figures(lesson).values) }
    return halves
  }

  /// How many lessons lie how far from the half they are not in, in ``distanceBins`` bins.
  public static func distances(of lessons: [Prepared], from halves: [FigureSums]) -> [Int] {
    precondition(halves.count == 2, "there are two halves")
    var counts = [Int](repeating: 0, count: distanceBins)
    guard halves.allSatisfy({ $0.images > 0 }) else { return counts }
    let spreads = halves.map { Spread(of: $0) }
    for (place, lesson) in lessons.enumerated() {
      let distance = spreads[1 - place % 2].distance(to: Figures(lesson).values)
      let bin = 16 * log2(max(1, distance))
      // A distance that is no number is as far as can be.
      counts[distance.isFinite && bin < Double(distanceBins) ? Int(bin) : distanceBins - 1] += 1
    }
    return counts
  }

  /// Bins of squared distances, sixteen an octave from 1 on: 4 % wide.
  public static let distanceBins = 256

  /// The upper end of the bin that this share of the lessons is in or below.
  private static func limit(above share: Double, of distances: [Int]) -> Double? {
    let lessons = distances.reduce(0, +)
    guard distances.count == distanceBins, lessons > 0 else { return nil }
    var below = 0
    let bin = distances.firstIndex { count in
      below += count
      return Double(below) > share * Double(lessons - 1)
    }
    return bin.map { pow(2, Double($0 + 1) / 16) }
  }

  /// Why an image is unlike the lessons, in one sentence; nothing if it is like them.
  public func reasonUnfamiliar(_ image: Prepared) -> String? {
    let spread = Spread(mean: mean.values.map(Double.init), factor: factor.values.map(Double.init))
    let distance = spread.distance(to: Figures(image).values)
    // Not `>`: a distance that is no number is not familiar either.
    return distance <= Double(limit)
      ? nil : "The image is unlike the images the model has learned from."
  }

  var isSound: Bool {
    let count = Figures.count
    guard mean.values.count == count, factor.values.count == count * (count + 1) / 2 else {
      return false
    }
    let diagonal = (0..<count).map { factor.values[$0 * ($0 + 3) / 2] }
    return mean.values.allSatisfy(\.isFinite) && factor.values.allSatisfy(\.isFinite)
      && diagonal.allSatisfy { $0 > 0 } && limit > 0 && limit.isFinite
  }
}

/// Single precision numbers, written as one base64 text of their little-endian bytes.
struct PackedNumbers: Codable, Sendable, Hashable {
  let values: [Float]

  init(_ values: [Double]) { self.values = values.map(Float.init) }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let bytes = [UInt8](try container.decode(Data.self))
    guard bytes.count % 4 == 0 else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "packed numbers are four bytes each")
    }
    values = stride(from: 0, to: bytes.count, by: 4).map { start in
      let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) }
      return Float(bitPattern: bits)
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(
      Data(
        values.flatMap { value in
          (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
        }))
  }
}
