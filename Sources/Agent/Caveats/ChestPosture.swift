/// How a frontal chest lies in its picture.
///
/// The picture's middle is compared with the mean chest, turned by each quarter: the turn that
/// likens it most is how it lies. A mirrored chest cannot be told this way, as only the heart
/// differs.
enum ChestPosture {
  case upright, onItsSide, onItsHead

  /// A picture that is like no chest, however it is turned, counts as upright: nothing is told of
  /// how it lies.
  init(of picture: Glance) {
    self = .upright
    guard var turned = Self.middle(of: picture) else { return }
    var likeness: [Float] = []
    for _ in 0..<4 {
      likeness.append(Self.likeness(of: turned))
      turned = Self.quarterTurn(turned)
    }
    guard let most = likeness.indices.max(by: { likeness[$0] < likeness[$1] }),
      likeness[most] >= Self.leastLikeness
    else { return }
    switch most {
    case 1, 3: self = .onItsSide
    case 2: self = .onItsHead
    default: break
    }
  }

  /// Correlations below this are chance: turned chests of the training pictures lie above it but
  /// for one in a hundred.
  static let leastLikeness: Float = 0.2

  /// How well cells correlate with the mean chest, -1 to 1.
  private static func likeness(of cells: [Float]) -> Float {
    let sum = zip(cells, meanChest).reduce(0) { $0 + $1.0 * Float($1.1) }
    return sum / meanLength
  }

  private static let meanLength = meanChest.reduce(0) { $0 + Float($1) * Float($1) }.squareRoot()

  /// Cells along each side of what is compared.
  static let side = 12
  /// Cells given up at each edge: letters and collimators are there, and no lung.
  private static let edge = 2

  /// The middle of the largest square in the middle, as means of cells without their own mean.
  ///
  /// - Returns: `side * side` numbers, row by row, of which the squares add up to 1; none for a
  ///   picture too small or without contrast.
  static func middle(of picture: Glance) -> [Float]? {
    let cells = side + 2 * edge
    let square = min(picture.columns, picture.rows)
    guard square >= cells else { return nil }
    let (left, top) = ((picture.columns - square) / 2, (picture.rows - square) / 2)
    func span(_ cell: Int, from start: Int) -> Range<Int> {
      start + square * cell / cells..<start + square * (cell + 1) / cells
    }
    var means: [Float] = []
    for row in edge..<edge + side {
      for column in edge..<edge + side {
        var sum: Float = 0
        let (down, across) = (span(row, from: top), span(column, from: left))
        for y in down {
          for x in across { sum += min(max(picture[y, x], picture.dark), picture.bright) }
        }
        means.append(sum / Float(down.count * across.count))
      }
    }
    let mean = means.reduce(0, +) / Float(means.count)
    let length = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }.squareRoot()
    guard length > 0 else { return nil }
    return means.map { ($0 - mean) / length }
  }

  /// Turned by a quarter, counterclockwise.
  static func quarterTurn(_ cells: [Float]) -> [Float] {
    (0..<side * side).map { cells[$0 % side * side + side - 1 - $0 / side] }
  }

  // swift-format-ignore
  /// The mean of the chests of four hospitals, each hospital counted once, in 127ths of its largest
  /// cell: `ChestPostureTests` computes it again from the pictures.
  static let meanChest: [Int8] = [
    -29, -32, -43, -47, -26, 21, 21, -31, -55, -44, -25, -22,
    12, -15, -57, -75, -49, 21, 27, -49, -84, -66, -17, 15,
    20, -31, -92, -109, -63, 30, 43, -54, -110, -97, -34, 24,
    14, -50, -106, -115, -61, 43, 61, -37, -105, -104, -49, 18,
    2, -62, -107, -103, -39, 62, 80, -2, -76, -94, -55, 8,
    -11, -66, -99, -80, -12, 81, 97, 34, -38, -76, -52, -2,
    -22, -64, -82, -56, 11, 96, 111, 63, 1, -49, -43, -8,
    -30, -55, -58, -29, 33, 108, 121, 84, 37, -16, -30, -15,
    -40, -41, -31, -1, 54, 115, 127, 94, 59, 14, -14, -21,
    -44, -20, 5, 31, 71, 116, 125, 94, 66, 32, -3, -33,
    -33, 13, 44, 63, 83, 112, 117, 91, 69, 45, 13, -36,
    -14, 46, 75, 88, 96, 112, 114, 98, 83, 67, 36, -26,
  ]
}
