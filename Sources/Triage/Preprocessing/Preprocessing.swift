public import Imaging

/// How an image becomes the network's square; the same value serves reading and learning.
///
/// 1. MONOCHROME1 is inverted: bright is dense. Pixels marked as padding become black.
/// 2. Large images are averaged down by a whole number, so that every later step sees about the
///    resolution of the lessons.
/// 3. Black bands at the edges are trimmed, then a share of each side is cut away: letters burned
///    into the border tell hospitals and even classes apart without any lung.
/// 4. What is wider or higher than the widest aspect is cut evenly; nothing is ever squashed.
/// 5. Greys between two percentiles become 0 to 1; the picture is fitted into the square and
///    padded evenly.
public struct Preprocessing: Codable, Sendable, Hashable {
  /// Side of the square in pixels.
  public var side: Int
  /// Share of each side that is cut away after black bands, 0 to 0.3.
  public var border: Double
  /// Longest side over shortest side of what is kept, at least 1.
  public var widestAspect: Double
  /// Percentiles that become black and white, 0 to 100.
  public var blackPercentile: Double
  public var whitePercentile: Double
  /// Shorter sides than this many pixels are refused.
  public var leastSide: Int

  public init(
    side: Int = 128, border: Double = 0.12, widestAspect: Double = 1.25,
    blackPercentile: Double = 1, whitePercentile: Double = 99, leastSide: Int = 64
  ) {
    self.side = side
    self.border = border
    self.widestAspect = widestAspect
    self.blackPercentile = blackPercentile
    self.whitePercentile = whitePercentile
    self.leastSide = leastSide
    precondition(isSound, "preprocessing parameters are in their ranges")
  }

  /// Every parameter is in its range; a model with others is refused.
  var isSound: Bool {
    (32...1024).contains(side) && (0...0.3).contains(border) && (1...4).contains(widestAspect)
      && blackPercentile >= 0 && blackPercentile < whitePercentile && whitePercentile <= 100
      && (16...1024).contains(leastSide)
  }

  /// Prepares an image for the network.
  ///
  /// - Throws: ``TriageError/imageTooSmall(columns:rows:least:)``,
  ///   ``TriageError/imageIsFlat``, ``TriageError/imageIsNotFinite``.
  public func callAsFunction(_ image: GreyImage) throws(TriageError) -> Prepared {
    var values = image.values
    if let padding = image.padding {
      // What the device marked as outside the picture is black, whichever way greys run.
      let black = image.isInverted ? image.range.upperBound : image.range.lowerBound
      for index in values.indices where values[index] == padding { values[index] = black }
    }
    return try prepare(
      Plane(columns: image.columns, rows: image.rows, values: values),
      isInverted: image.isInverted)
  }

  func prepare(_ image: Plane, isInverted: Bool) throws(TriageError) -> Prepared {
    guard image.columns >= leastSide, image.rows >= leastSide else {
      throw .imageTooSmall(columns: image.columns, rows: image.rows, least: leastSide)
    }
    guard image.values.allSatisfy(\.isFinite) else { throw .imageIsNotFinite }
    let factor = max(1, max(image.columns, image.rows) / Self.workingSide)
    var plane = image.averaged(by: factor)
    if isInverted {
      for index in plane.values.indices { plane.values[index].negate() }
    }
    var part = Part(columns: 0..<plane.columns, rows: 0..<plane.rows)
    part.trimBands(of: plane)
    part.cutBorder(border)
    part.limitAspect(to: widestAspect)
    guard part.columns.count >= 2, part.rows.count >= 2 else {
      throw .imageTooSmall(columns: image.columns, rows: image.rows, least: leastSide)
    }
    var content = plane.cropped(columns: part.columns, rows: part.rows)
    let levels = content.quantiles([blackPercentile / 100, whitePercentile / 100])
    guard levels[0] < levels[1] else { throw .imageIsFlat }
    let scale = 1 / (levels[1] - levels[0])
    for index in content.values.indices {
      content.values[index] = min(max((content.values[index] - levels[0]) * scale, 0), 1)
    }
    return fitted(content, from: part, factor: factor)
  }

  /// Images are averaged down until their longer side is less than twice this.
  private static let workingSide = 256

  /// Fits the content into the middle of the square.
  private func fitted(_ content: Plane, from part: Part, factor: Int) -> Prepared {
    let shrink = Double(side) / Double(max(content.columns, content.rows))
    let width = min(side, Int((Double(content.columns) * shrink).rounded()))
    let height = min(side, Int((Double(content.rows) * shrink).rounded()))
    let small = content.resampled(columns: width, rows: height)
    let left = (side - width) / 2
    let top = (side - height) / 2
    var square = [Float](repeating: 0, count: side * side)
    for row in 0..<height {
      for column in 0..<width {
        square[(top + row) * side + left + column] = small[row, column]
      }
    }
    return Prepared(
      pixels: square,
      placement: SquarePlacement(
        x0: Double(part.columns.lowerBound * factor), y0: Double(part.rows.lowerBound * factor),
        x1: Double(part.columns.upperBound * factor), y1: Double(part.rows.upperBound * factor),
        left: left, top: top, width: width, height: height, side: side))
  }
}

/// The rows and columns that are kept.
private struct Part {
  var columns: Range<Int>
  var rows: Range<Int>

  /// Gives up black lines at the edges, at most a quarter of each side.
  ///
  /// A line is black if at least 95 % of it is within 5 % of the picture's darkest grey, so a
  /// letter burned into a black band does not save the band.
  mutating func trimBands(of plane: Plane) {
    let range = plane.quantiles([0, 0.99])
    let limit = range[0] + 0.05 * (range[1] - range[0])
    func isBlack(_ values: some Sequence<Float>, count: Int) -> Bool {
      values.count { $0 > limit } * 20 <= count
    }
    func isBlack(row: Int) -> Bool {
      isBlack(plane.values[row * plane.columns..<(row + 1) * plane.columns], count: plane.columns)
    }
    func isBlack(column: Int) -> Bool {
      isBlack((0..<plane.rows).lazy.map { plane[$0, column] }, count: plane.rows)
    }
    let top = (0..<plane.rows / 4).first { !isBlack(row: $0) } ?? plane.rows / 4
    let bottom = (0..<plane.rows / 4).first { !isBlack(row: plane.rows - 1 - $0) }
    let left = (0..<plane.columns / 4).first { !isBlack(column: $0) } ?? plane.columns / 4
    let right = (0..<plane.columns / 4).first { !isBlack(column: plane.columns - 1 - $0) }
    rows = top..<plane.rows - (bottom ?? plane.rows / 4)
    columns = left..<plane.columns - (right ?? plane.columns / 4)
  }

  mutating func cutBorder(_ share: Double) {
    columns = columns.inset(by: Int((share * Double(columns.count)).rounded()))
    rows = rows.inset(by: Int((share * Double(rows.count)).rounded()))
  }

  mutating func limitAspect(to widest: Double) {
    let width = Double(columns.count)
    let height = Double(rows.count)
    if width > widest * height {
      columns = columns.inset(by: Int(((width - widest * height) / 2).rounded()))
    }
    if height > widest * width {
      rows = rows.inset(by: Int(((height - widest * width) / 2).rounded()))
    }
  }
}

extension Range<Int> {
  /// Without this many numbers at either end.
  fileprivate func inset(by count: Int) -> Range<Int> {
    lowerBound + count < upperBound - count
      ? lowerBound + count..<upperBound - count : lowerBound..<lowerBound
  }
}
