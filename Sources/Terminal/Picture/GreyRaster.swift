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

  /// Half as wide and as high, rounded down but never to nothing: the mean of each four pixels.
  func halved() -> GreyRaster {
    guard self.width > 1, self.height > 1 else { return self }
    let (width, height) = (self.width / 2, self.height / 2)
    return pixels.withUnsafeBufferPointer { pixels in
      let means = [UInt8](unsafeUninitializedCapacity: width * height) { means, count in
        for y in 0..<height {
          for x in 0..<width {
            let upper = 2 * y * self.width + 2 * x
            let lower = upper + self.width
            let sum =
              Int(pixels[upper]) + Int(pixels[upper + 1]) + Int(pixels[lower])
              + Int(pixels[lower + 1])
            means[y * width + x] = UInt8((sum + 2) / 4)
          }
        }
        count = width * height
      }
      return GreyRaster(width: width, height: height, pixels: means)
    }
  }
}
