/// The band of modality values that a display shows as grey.
///
/// Below the band is black, above it white, and inside it the ramp is linear.
/// Source: PS3.3 C.11.2.1.2.1, function LINEAR.
public struct Window: Sendable, Hashable {
  /// Middle of the band, in modality units (HU for CT).
  public let center: Float
  /// Length of the band, in modality units; at least 1.
  public let width: Float

  /// - Throws: ``ImagingError/windowTooNarrow(width:)`` if `width` is below 1 or no number.
  public init(center: Float, width: Float) throws(ImagingError) {
    guard width >= 1, width.isFinite, center.isFinite else { throw .windowTooNarrow(width: width) }
    self.center = center
    self.width = width
  }

  private init(_ center: Float, _ width: Float) {
    self.center = center
    self.width = width
  }

  /// The window that shows values from `low` to `high`; at least 1 wide.
  public static func spanning(_ low: Float, _ high: Float) -> Window {
    Window((low + high + 1) / 2, max(high - low + 1, 1))
  }

  /// The window moved and widened as a reader drags it; never narrower than 1.
  public func adjusted(center: Float, width: Float) -> Window {
    Window(self.center + center, max(self.width + width, 1))
  }

  /// The grey that a modality value is shown with.
  @inlinable
  public func grey(_ value: Float) -> UInt8 {
    let middle = center - 0.5
    let half = (width - 1) / 2
    // Not "<=": what is no number is black too.
    guard value > middle - half else { return 0 }
    if value > middle + half { return 255 }
    return UInt8(((value - middle) / (width - 1) + 0.5) * 255 + 0.5)
  }
}
