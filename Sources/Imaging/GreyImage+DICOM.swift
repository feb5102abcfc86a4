public import DICOM
public import Foundation

extension GreyImage {
  /// Reads one frame of a DICOM file whose header has been parsed.
  public static func read(
    dicom file: URL, header: DICOMFile, frame: Int = 0, decoder: PixelDecoder
  ) throws(ImagingError) -> GreyImage {
    try GreyImage(decoder.decode(file: file, header: header, frame: frame), header, frame: frame)
  }

  /// Reads one frame of a DICOM file.
  public static func read(
    dicom file: URL, frame: Int = 0, decoder: PixelDecoder
  ) throws(ImagingError) -> GreyImage {
    try read(dicom: file, header: .read(contentsOf: file), frame: frame, decoder: decoder)
  }

  /// Turns stored values into modality values.
  ///
  /// Rescale slope and intercept or the Modality LUT apply (PS3.3 C.11.1); colours become luma;
  /// overlays are ignored, and ``DICOM/DICOMFile/imageNotes`` says so.
  public init(_ stored: StoredFrame, _ header: DICOMFile, frame: Int) throws(ImagingError) {
    let attributes = FrameAttributes(header.dataSet, frame: frame)
    let isColour = stored.samples == 3 || stored.photometric == "PALETTE COLOR"
    // MONOCHROME1 says so itself; the shape may say it of MONOCHROME2 (PS3.3 C.11.6).
    let isInverted =
      stored.photometric == "MONOCHROME1"
      || stored.photometric == "MONOCHROME2" && header.dataSet.meansInverse == true
    let rescale = isColour ? .identity : try ModalityRescale(attributes)
    self.init(
      columns: stored.columns, rows: stored.rows,
      values: try Self.values(stored, header.dataSet, rescale),
      isInverted: isInverted,
      spacing: attributes.spacing, windows: isColour ? [] : attributes.windows,
      bits: stored.bitsStored,
      padding: isColour ? nil : attributes.padding.map { rescale.value($0) },
      unit: isColour ? nil : attributes.unit)
  }

  /// In one step from what was stored: nothing of the image's size is made on the way.
  private static func values(
    _ stored: StoredFrame, _ dataSet: DataSet, _ rescale: ModalityRescale
  ) throws(ImagingError) -> [Float] {
    switch (stored.photometric, stored.samples) {
    case ("MONOCHROME1", 1), ("MONOCHROME2", 1):
      return stored.values.map { rescale.value(stored.number($0)) }
    case ("PALETTE COLOR", 1):
      let palette = try Palette(dataSet)
      return stored.values.map { rescale.value(palette.luma(stored.number($0))) }
    case ("RGB", 3):
      return stride(from: 0, to: stored.values.count, by: 3).map { start in
        func sample(_ index: Int) -> Double { Double(stored.number(stored.values[start + index])) }
        return rescale.value(luma(sample(0), sample(1), sample(2)))
      }
    default: throw .unsupportedColours
    }
  }
}

/// The brightness of a colour (ITU-R BT.601).
func luma(_ red: Double, _ green: Double, _ blue: Double) -> Int {
  Int((0.299 * red + 0.587 * green + 0.114 * blue).rounded())
}
