/// The figures of some images added up: what a familiarity is made of, without the images.
public struct FigureSums: Sendable, Hashable {
  /// How many images were added up.
  public private(set) var images = 0
  /// Sum of each figure; then of each product of two, lower triangle row by row.
  public private(set) var values: [Double]
  private let figures: Int

  /// How many numbers there are in all.
  public static let count = length(Figures.count)

  /// Sums of no image.
  public static let empty = FigureSums()

  init(figures: Int = Figures.count) {
    self.figures = figures
    values = [Double](repeating: 0, count: Self.length(figures))
  }

  /// Sums that came from elsewhere; nothing if they cannot be such.
  public init?(images: Int, values: [Double]) {
    guard images >= 0, values.count == Self.count, values.allSatisfy(\.isFinite) else { return nil }
    self.init()
    self.images = images
    self.values = values
  }

  private static func length(_ figures: Int) -> Int { figures + figures * (figures + 1) / 2 }

  /// Adds one image.
  mutating func add(_ point: [Double]) {
    precondition(point.count == figures, "an image has as many figures as the others")
    images += 1
    var place = figures
    for row in 0..<figures {
      values[row] += point[row]
      for column in 0...row {
        values[place] += point[row] * point[column]
        place += 1
      }
    }
  }

  /// Both together.
  public static func + (one: FigureSums, other: FigureSums) -> FigureSums {
    precondition(one.figures == other.figures, "sums of the same figures")
    var sums = one
    sums.images += other.images
    for index in sums.values.indices { sums.values[index] += other.values[index] }
    return sums
  }

  /// Mean of each figure, and the covariance, lower triangle row by row.
  var moments: (mean: [Double], covariance: [Double]) {
    let share = 1 / Double(max(images, 1))
    let mean = values.prefix(figures).map { share * $0 }
    var covariance = values.dropFirst(figures).map { share * $0 }
    var place = 0
    for row in 0..<figures {
      for column in 0...row {
        covariance[place] -= mean[row] * mean[column]
        place += 1
      }
    }
    return (mean, covariance)
  }
}
