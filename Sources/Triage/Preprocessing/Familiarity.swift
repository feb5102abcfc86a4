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
  ///
  /// The limit lies above 99.8 % of the lessons, each measured against the half of them that it
  /// is not in, so that few lessons give a generous limit.
  public init?(lessons: [Prepared]) {
    guard lessons.count >= Self.leastLessons else { return nil }
    let figures = lessons.map { Figures($0).values }
    let halves = [0, 1].map { half in figures.indices.filter { $0 % 2 == half }.map { figures[$0] }
    }
    let spreads = halves.map { Spread(of: $0) }
    let distances =
      (halves[0].map(spreads[1].distance(to:)) + halves[1].map(spreads[0].distance(to:))).sorted()
    let spread = Spread(of: figures)
    mean = PackedNumbers(spread.mean)
    factor = PackedNumbers(spread.factor)
    limit = Float(distances[Int(0.998 * Double(distances.count - 1))] * 1.15)
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
