import Foundation

/// The band of modality values that a display shows as grey.
///
/// Below the band is black, above it white, and inside it the greys follow its shape.
/// Source: PS3.3 C.11.2.
public struct Window: Sendable, Hashable {
  /// How the greys lie between black and white.
  public enum Shape: Sendable, Hashable {
    /// A line with the standard's half (PS3.3 C.11.2.1.2.1, LINEAR).
    case linear
    /// A line from edge to edge (C.11.2.1.3.2, LINEAR_EXACT).
    case exact
    /// An S that never quite reaches black or white (C.11.2.1.3.1, SIGMOID).
    case sigmoid
    /// The file's own table (C.11.2.1.1, VOI LUT).
    case table(LookupTable)
  }

  /// Middle of the band, in modality units (HU for CT).
  public let center: Float
  /// Length of the band, in modality units; above 0, and at least 1 where it is linear.
  public let width: Float
  public let shape: Shape

  /// - Throws: ``ImagingError/windowTooNarrow(width:)`` if `width` is too small for the shape or no
  ///   number.
  public init(
    center: Float, width: Float, shape: Shape = .linear
  ) throws(ImagingError) {
    guard shape == .linear ? width >= 1 : width > 0, width.isFinite, center.isFinite else {
      throw .windowTooNarrow(width: width)
    }
    self.init(center, width, shape)
  }

  /// Sums of what was read and dragged may leave what a Float can hold; a window never does.
  private init(_ center: Float, _ width: Float, _ shape: Shape = .linear) {
    let most = Float.greatestFiniteMagnitude
    self.center = center.isNaN ? 0 : min(max(center, -most), most)
    self.width = width.isNaN ? 1 : min(width, most)
    self.shape = shape
  }

  /// The values that a table tells apart, with its greys.
  init(_ table: LookupTable) {
    let count = Float(table.entries.count)
    self.init(Float(table.first) + count / 2, count, .table(table))
  }

  /// The window that shows values from `low` to `high`; at least 1 wide.
  public static func spanning(_ low: Float, _ high: Float) -> Window {
    Window((low + high + 1) / 2, max(high - low + 1, 1))
  }

  /// The window moved and widened as a reader drags it; linear, and never narrower than 1.
  public func adjusted(center: Float, width: Float) -> Window {
    Window(self.center + center, max(self.width + width, 1))
  }

  /// The grey that a modality value is shown with; black for what is no number.
  ///
  /// Infinities are beyond every window: black below, white above.
  public func grey(_ value: Float) -> UInt8 {
    switch shape {
    case .linear: Self.grey(value, around: center - 0.5, over: width - 1)
    case .exact: Self.grey(value, around: center, over: width)
    case .sigmoid: Self.grey(1 / (1 + exp(-4 * (value - center) / width)))
    case .table(let table): Self.grey(table.share(value))
    }
  }

  /// The greys of many values, as ``grey(_:)``: the shape is looked at once.
  func greys(of values: UnsafeBufferPointer<Float>, into greys: UnsafeMutableBufferPointer<UInt8>) {
    switch shape {
    case .linear: Self.greys(of: values, into: greys, around: center - 0.5, over: width - 1)
    case .exact: Self.greys(of: values, into: greys, around: center, over: width)
    case .sigmoid, .table: for (place, value) in values.enumerated() { greys[place] = grey(value) }
    }
  }

  private static func greys(
    of values: UnsafeBufferPointer<Float>, into greys: UnsafeMutableBufferPointer<UInt8>,
    around middle: Float, over length: Float
  ) {
    for (place, value) in values.enumerated() {
      greys[place] = grey(value, around: middle, over: length)
    }
  }

  /// The grey of a share of white; black for what is no number.
  private static func grey(_ share: Float) -> UInt8 {
    share > 0 ? UInt8(min(share, 1) * 255 + 0.5) : 0
  }

  /// A line of some length around its middle.
  private static func grey(_ value: Float, around middle: Float, over length: Float) -> UInt8 {
    // Not "<=": what is no number is black too.
    guard value > middle - length / 2 else { return 0 }
    if value > middle + length / 2 { return 255 }
    return grey((value - middle) / length + 0.5)
  }
}
