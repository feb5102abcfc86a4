/// Grey pixels, row after row; 0 is black, 255 white.
public struct GreyRaster: Sendable, Hashable {
  public let width: Int
  public let height: Int
  /// `width · height` greys.
  public let pixels: [UInt8]

  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(width >= 0 && height >= 0, "a raster has no negative size")
    precondition(pixels.count == width * height, "a raster has width · height pixels")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  public subscript(x: Int, y: Int) -> UInt8 { pixels[y * width + x] }
}

extension GreyRaster {
  /// The top left part that is at most so large.
  func cropped(width: Int, height: Int) -> GreyRaster {
    guard width < self.width || height < self.height else { return self }
    let width = min(max(0, width), self.width)
    let height = min(max(0, height), self.height)
    return GreyRaster(
      width: width, height: height,
      pixels: (0..<height).flatMap { y in pixels[y * self.width..<y * self.width + width] })
  }
}
