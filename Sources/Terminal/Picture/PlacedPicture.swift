/// A wish to refine some cells with pixels, where the terminal can and the reader pauses.
///
/// The raster is made only when it is about to be drawn. `version` tells two pictures at the same
/// place apart: pixels on screen are kept as long as place and version stay and no cell in `rect`
/// changes.
public struct PlacedPicture: Sendable {
  public let rect: Rect
  public let version: Int
  public let raster: @Sendable () -> GreyRaster

  /// The raster should be `rect` times ``Capabilities/cellPixels`` large, its height that of
  /// ``PixelProtocol/height(rows:of:)``; pixels beyond that are cut off.
  public init(
    rect: Rect, version: Int = 0, raster: @autoclosure @escaping @Sendable () -> GreyRaster
  ) {
    self.rect = rect
    self.version = version
    self.raster = raster
  }
}
