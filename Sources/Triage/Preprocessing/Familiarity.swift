/// What the images a model has learned from look like, to notice one that is unlike all of them.
///
/// A coarse check on purpose: it stops what is plainly no such radiograph (another body part,
/// a photograph, noise), and leaves a strange radiograph to the radiologist's eyes and the
/// model's probability. Each figure of an image has to lie in the range seen among the lessons,
/// widened by a margin on either side.
public struct Familiarity: Codable, Sendable, Hashable {
  /// The mean lesson at `grid × grid`, mean 0 and length 1.
  let likeness: [Float]
  /// Allowed correlation with ``likeness``, deviation of greys, and unevenness from pixel to pixel.
  let correlation: Range
  let contrast: Range
  let roughness: Range

  /// From where to where a figure may lie.
  struct Range: Codable, Sendable, Hashable {
    let low: Float
    let high: Float

    /// The range of the values, longer by this share at either end.
    init(_ values: [Float], margin: Float = 0.25) {
      let low = values.min() ?? 0
      let high = values.max() ?? 0
      self.low = low - margin * (high - low)
      self.high = high + margin * (high - low)
    }

    func contains(_ value: Float) -> Bool { value >= low && value <= high }
    var isSound: Bool { low.isFinite && high.isFinite && low <= high }
  }

  static let grid = 8

  /// Learns from lessons; nothing if there are none.
  public init?(lessons: [Prepared]) {
    guard !lessons.isEmpty else { return nil }
    let figures = lessons.map { Figures($0) }
    var mean = [Float](repeating: 0, count: Self.grid * Self.grid)
    for figure in figures {
      for index in mean.indices { mean[index] += figure.thumbnail[index] }
    }
    let likeness = Figures.normalised(mean)
    self.likeness = likeness
    correlation = Range(figures.map { $0.correlation(with: likeness) })
    contrast = Range(figures.map(\.contrast))
    roughness = Range(figures.map(\.roughness))
  }

  /// Why an image is unlike the lessons, in one sentence; nothing if it is like them.
  public func reasonUnfamiliar(_ image: Prepared) -> String? {
    let figures = Figures(image)
    let isFamiliar =
      correlation.contains(figures.correlation(with: likeness))
      && contrast.contains(figures.contrast) && roughness.contains(figures.roughness)
    return isFamiliar
      ? nil : "The image is unlike the images the model has learned from."
  }

  var isSound: Bool {
    likeness.count == Self.grid * Self.grid && likeness.allSatisfy(\.isFinite)
      && correlation.isSound && contrast.isSound && roughness.isSound
  }
}

/// A few numbers about one image.
private struct Figures {
  /// Mean 0, length 1.
  let thumbnail: [Float]
  /// Deviation of the greys, 0 to 0.5.
  let contrast: Float
  /// Mean step between neighbours, in deviations.
  let roughness: Float

  init(_ image: Prepared) {
    let content = image.placement
    let grid = Familiarity.grid
    var sums = [Float](repeating: 0, count: grid * grid)
    var counts = [Float](repeating: 0, count: grid * grid)
    var sum: Float = 0
    var squares: Float = 0
    var steps: Float = 0
    for row in 0..<content.height {
      for column in 0..<content.width {
        let index = (content.top + row) * image.side + content.left + column
        let value = image.pixels[index]
        sum += value
        squares += value * value
        if column > 0 { steps += abs(value - image.pixels[index - 1]) }
        // The grid covers the content, not the square: the padding says nothing about anatomy.
        let cell = row * grid / content.height * grid + column * grid / content.width
        sums[cell] += value
        counts[cell] += 1
      }
    }
    let count = Float(content.width * content.height)
    let mean = sum / count
    contrast = max(0, squares / count - mean * mean).squareRoot()
    roughness = steps / count / (contrast + 1e-6)
    thumbnail = Self.normalised(zip(sums, counts).map { $0 / max($1, 1) })
  }

  static func normalised(_ values: [Float]) -> [Float] {
    let mean = values.reduce(0, +) / Float(values.count)
    let centred = values.map { $0 - mean }
    let length = centred.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return centred.map { $0 / max(length, 1e-6) }
  }

  func correlation(with likeness: [Float]) -> Float {
    zip(thumbnail, likeness).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
