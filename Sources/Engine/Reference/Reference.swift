/// Every operation as plain loops in double precision, one image at a time.
///
/// These are the definitions: the fast kernels are tested against them, and they against finite
/// differences.
enum Reference {
  /// The values of one image or one map, `[channels, height, width]`.
  struct Map: Equatable {
    let shape: Network.Shape
    var values: [Double]

    init(_ shape: Network.Shape, _ values: [Double]) {
      precondition(values.count == shape.count, "values fill their shape")
      self.shape = shape
      self.values = values
    }

    init(zeros shape: Network.Shape) {
      self.init(shape, [Double](repeating: 0, count: shape.count))
    }

    subscript(channel: Int, row: Int, column: Int) -> Double {
      get { values[index(channel, row, column)] }
      set { values[index(channel, row, column)] = newValue }
    }

    private func index(_ channel: Int, _ row: Int, _ column: Int) -> Int {
      (channel * shape.height + row) * shape.width + column
    }
  }

  /// A window sliding over a map.
  struct Window {
    let height: Int
    let width: Int
    let stride: Int
    let padding: Int

    /// Calls the body for every cell of the output and every pixel of its window that is inside.
    func forEach(
      _ input: Network.Shape, _ output: Network.Shape,
      _ body: (_ cell: (row: Int, column: Int), _ pixel: (row: Int, column: Int), _ tap: Int) ->
        Void
    ) {
      for row in 0..<output.height {
        for column in 0..<output.width {
          for tap in 0..<height * width {
            let y = row * stride - padding + tap / width
            let x = column * stride - padding + tap % width
            if (0..<input.height).contains(y), (0..<input.width).contains(x) {
              body((row, column), (y, x), tap)
            }
          }
        }
      }
    }
  }

  static func relu(_ x: Map) -> Map { Map(x.shape, x.values.map { max($0, 0) }) }

  static func reluGradient(_ y: Map, slope: Map) -> Map {
    Map(y.shape, zip(y.values, slope.values).map { $0 > 0 ? $1 : 0 })
  }

  static func sum(_ a: Map, _ b: Map) -> Map { Map(a.shape, zip(a.values, b.values).map(+)) }
}
