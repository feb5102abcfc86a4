import CPNG

extension GreyImage {
  /// Most bytes of a PNG file.
  static let pngLimit = 1 << 29

  /// Reads a grey, colour or palette PNG of 1 to 16 bits; colours become luma.
  ///
  /// Values are those of the file: 0...255, or 0...65535 for 16 bits. Transparency is ignored.
  /// - Throws: ``ImagingError/damagedPNG`` for what is cut off, damaged or no PNG, and
  ///   ``ImagingError/imageTooLarge(pixels:)`` before anything is reserved for more than 2²⁸ pixels.
  public static func read(png bytes: [UInt8]) throws(ImagingError) -> GreyImage {
    guard bytes.count <= pngLimit else { throw .fileTooLarge(megabytes: pngLimit >> 20) }
    var image = cpng_image()
    let status = bytes.withUnsafeBufferPointer { bytes in
      cpng_read(bytes.baseAddress, bytes.count, UInt64(PixelModule.pixelLimit), &image)
    }
    switch status {
    case CPNG_OK: break
    case CPNG_TOO_LARGE: throw .imageTooLarge(pixels: PixelModule.pixelLimit)
    case CPNG_NO_MEMORY: throw .outOfMemory
    default: throw .damagedPNG
    }
    defer { free(image.samples) }
    let (columns, rows) = (Int(image.width), Int(image.height))
    let (channels, size) = (Int(image.channels), Int(image.bytesPerSample))
    guard let samples = image.samples, channels == 1 || channels == 3 else { throw .damagedPNG }
    func sample(_ index: Int) -> Double {
      size == 1
        ? Double(samples[index])
        : Double(UInt16(samples[index * 2]) | UInt16(samples[index * 2 + 1]) << 8)
    }
    let values = (0..<columns * rows).map { pixel -> Float in
      guard channels == 3 else { return Float(sample(pixel)) }
      return Float(luma(sample(pixel * 3), sample(pixel * 3 + 1), sample(pixel * 3 + 2)))
    }
    return GreyImage(columns: columns, rows: rows, values: values, bits: size * 8)
  }
}
