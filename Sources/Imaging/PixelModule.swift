import DICOM

/// What a header says about its pixels, checked before the decoder is asked.
///
/// Source: PS3.3 C.7.6.3 (Image Pixel) and C.7.6.6 (Multi-frame).
struct PixelModule: Sendable, Equatable {
  /// Most pixels of one frame.
  static let pixelLimit = 1 << 28

  let rows: Int
  let columns: Int
  let frames: Int
  let samples: Int
  let bitsAllocated: Int
  let bitsStored: Int
  let isSigned: Bool
  let photometric: String
  let instanceUID: String

  init(_ file: DICOMFile) throws(ImagingError) {
    let dataSet = file.dataSet
    guard let pixels = file.pixels else { throw .noPixels }
    guard !pixels.isTruncated else { throw .dicom(.truncated(at: pixels.offset)) }
    func number(_ tag: Tag, in range: ClosedRange<Int>) throws(ImagingError) -> Int {
      guard let value = dataSet.integer(tag), range.contains(value) else { throw .badHeader(tag) }
      return value
    }
    rows = try number(.rows, in: 1...65_535)
    columns = try number(.columns, in: 1...65_535)
    guard rows * columns <= Self.pixelLimit else { throw .imageTooLarge(pixels: Self.pixelLimit) }
    samples = try number(.samplesPerPixel, in: 1...3)
    guard samples != 2 else { throw .badHeader(.samplesPerPixel) }
    bitsAllocated = try number(.bitsAllocated, in: 1...64)
    switch bitsAllocated {
    case 1, 8, 16, 32: break
    case 64: throw .refused(reason: "64-bit pixels are not decoded here")
    default: throw .badHeader(.bitsAllocated)
    }
    bitsStored = try number(.bitsStored, in: 1...bitsAllocated)
    frames =
      dataSet.string(.numberOfFrames) == nil
      ? 1 : try number(.numberOfFrames, in: 1...Int(Int32.max))
    isSigned = dataSet.integer(.pixelRepresentation) == 1
    photometric = dataSet.string(.photometricInterpretation) ?? ""
    instanceUID = dataSet.string(.sopInstanceUID) ?? ""
    try checkLength(of: pixels)
  }

  /// Bytes that one decoded sample takes at most; one-bit pixels take a byte.
  var bytesPerSample: Int { (bitsAllocated + 7) / 8 }

  /// Plain pixels are as many as the header says; compressed ones the decoder compares.
  ///
  /// Writers pad to even lengths, and some to whole blocks; a whole row more is another image.
  private func checkLength(of pixels: PixelReference) throws(ImagingError) {
    guard pixels.fragments == nil else { return }
    let isHalved = photometric == "YBR_FULL_422" && samples == 3
    let row = columns * samples * bitsAllocated / (isHalved ? 3 : 1) * (isHalved ? 2 : 1)
    let (bits, isTooLong) = (row * rows).multipliedReportingOverflow(by: frames)
    let rest = isTooLong ? -1 : pixels.length - ((bits - 1) / 8 + 1)
    guard (0..<max(row / 8, 2)).contains(rest) else { throw .badHeader(.pixelData) }
  }
}
