/// Which modality values are shown as greys; finite, and never without width.
struct ImageWindow: Sendable, Hashable {
  /// Middle of the band, in modality units.
  let center: Double
  /// Length of the band, in modality units; above 0.
  let width: Double

  /// Nothing if the numbers are no window.
  init?(center: Double, width: Double) {
    guard center.isFinite, width.isFinite, width > 0, abs(center) < 1e9, width < 1e9 else {
      return nil
    }
    self.center = center
    self.width = width
  }

  private init(known center: Double, _ width: Double) {
    self.center = center
    self.width = width
  }

  /// The greys of a byte, for an image about which nothing is known.
  static let unit = ImageWindow(known: 128, 256)

  /// Moved and stretched; by shares of the width, so that it feels the same for every modality.
  func adjusted(level: Double, stretch: Double, least: Double) -> ImageWindow {
    ImageWindow(
      center: center + level * width, width: max(least, width * stretch)) ?? self
  }
}

/// A window with a name and a digit.
struct WindowPreset: Sendable, Hashable {
  let name: String
  let window: ImageWindow
}
