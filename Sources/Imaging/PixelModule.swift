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
    case 8, 16: break
    case 1, 32, 64: throw .refused(reason: "\(bitsAllocated)-bit pixels are not decoded here")
    default: throw .badHeader(.bitsAllocated)
    }
    bitsStored = try number(.bitsStored, in: 1...bitsAllocated)
    frames =
      dataSet.string(.numberOfFrames) == nil
      ? 1 : try number(.numberOfFrames, in: 1...Int(Int32.max))
    isSigned = dataSet.integer(.pixelRepresentation) == 1
    photometric = dataSet.string(.photometricInterpretation) ?? ""
    instanceUID = dataSet.string(.sopInstanceUID) ?? ""
  }
}
