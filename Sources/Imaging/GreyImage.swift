/// A grey image of modality values, as a model or a display wants it.
///
/// Values are after the modality's rescale (HU for CT) and before any window. Rows run from the top.
public struct GreyImage: Sendable, Equatable {
  public let columns: Int
  public let rows: Int
  /// Row by row, `columns * rows` of them.
  public let values: [Float]
  /// Whether small values are meant to be bright (MONOCHROME1).
  public let isInverted: Bool
  /// Millimetres between the centres of pixels, where the file knows them.
  public let spacing: Spacing?
  /// The windows the file offers, the first one preferred; a table of its own is one of them.
  public let windows: [Window]
  /// Bits the device stored per pixel.
  public let bits: Int
  /// The modality value that marks pixels outside the image, if there is one.
  public let padding: Float?
  /// What the values are counted in, for example `HU`, where that is known.
  public let unit: String?

  /// Millimetres between the centres of pixels.
  public struct Spacing: Sendable, Equatable {
    /// From one row to the next, downwards.
    public let row: Double
    /// From one column to the next.
    public let column: Double
    /// Whether it is the detector's (0018,1164) and not the patient's (0028,0030): what lies before
    /// the detector is smaller than it says.
    public let isOfImager: Bool

    public init(row: Double, column: Double, isOfImager: Bool = false) {
      self.row = row
      self.column = column
      self.isOfImager = isOfImager
    }
  }

  public init(
    columns: Int, rows: Int, values: [Float], isInverted: Bool = false, spacing: Spacing? = nil,
    windows: [Window] = [], bits: Int = 8, padding: Float? = nil,
    unit: String? = nil
  ) {
    precondition(columns > 0 && rows > 0, "an image has pixels")
    precondition(values.count == columns * rows, "values are [rows, columns]")
    self.columns = columns
    self.rows = rows
    self.values = values
    self.isInverted = isInverted
    self.spacing = spacing
    self.windows = windows
    self.bits = bits
    self.padding = padding
    self.unit = unit
  }

  /// The value of the pixel at a place in continuous pixels; none outside and where there is
  /// padding.
  public func value(x: Double, y: Double) -> Float? {
    guard x >= 0, y >= 0, x < Double(columns), y < Double(rows) else { return nil }
    let value = values[Int(y) * columns + Int(x)]
    return value == padding || value.isNaN ? nil : value
  }

  /// Smallest and largest value that is not padding.
  public var range: ClosedRange<Float> {
    var (low, high) = (Float.infinity, -Float.infinity)
    for value in values where value != padding {
      low = min(low, value)
      high = max(high, value)
    }
    return low <= high ? low...high : 0...0
  }

  /// The window to begin with: the file's first, or the middle 99 percent of the values.
  public var defaultWindow: Window { windows.first ?? percentileWindow(0.005, 0.995) }

  /// The window between two quantiles of the values, padding left out.
  ///
  /// Quantiles are found in 65,536 bins between the smallest and the largest value.
  public func percentileWindow(_ low: Double, _ high: Double) -> Window {
    precondition(0 <= low && low < high && high <= 1, "quantiles are ordered between 0 and 1")
    let range = range
    let span = range.upperBound - range.lowerBound
    guard span > 0, span.isFinite else { return .spanning(range.lowerBound, range.upperBound) }
    let last = 65_535
    var counts = [Int](repeating: 0, count: last + 1)
    var total = 0
    for value in values where value != padding {
      counts[Int((value - range.lowerBound) / span * Float(last))] += 1
      total += 1
    }
    func quantile(_ share: Double) -> Float {
      var left = Int(share * Double(total - 1))
      for (bin, count) in counts.enumerated() {
        if left < count { return range.lowerBound + Float(bin) / Float(last) * span }
        left -= count
      }
      return range.upperBound
    }
    return .spanning(quantile(low), quantile(high))
  }
}
