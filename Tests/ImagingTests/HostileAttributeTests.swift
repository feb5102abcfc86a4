import DICOM
import TestSupport
import Testing

@testable import Imaging

/// Attributes that lie must never stop the program: they are read in the main process.
@Suite struct HostileAttributeTests {
  private func image(
    _ dataSet: DataSet, photometric: String = "MONOCHROME2"
  ) throws(ImagingError) -> GreyImage {
    let stored = StoredFrame(
      columns: 2, rows: 2, samples: 1, bitsStored: 16, photometric: photometric,
      isSigned: false, values: [-32_768, 0, 255, 65_535])
    return try GreyImage(stored, DICOMFile(dataSet), frame: 0)
  }

  @Test(
    "a pixel spacing that no image has is none",
    arguments: [
      ("1E20", "1"), ("1", "1E20"), ("1E-310", "1"), ("1", "1E-310"), ("0", "1"), ("-1", "1"),
    ])
  func spacings(row: String, column: String) throws {
    var dataSet = DataSet()
    try dataSet.set(.pixelSpacing, .DS, [row, column])
    #expect(FrameAttributes(dataSet, frame: 0).spacing == nil)
    #expect(try image(dataSet).spacing == nil)
    try dataSet.set(.pixelSpacing, .DS, ["0.2", "0.1"])
    #expect(FrameAttributes(dataSet, frame: 0).spacing == .init(row: 0.2, column: 0.1))
  }

  @Test("a slope or intercept beyond every modality is refused")
  func slopes() throws {
    for (slope, intercept) in [(1e300, 0), (0, 1), (1, 1e300)] {
      var dataSet = DataSet()
      try dataSet.set(.rescaleSlope, .FD, decimals: [slope])
      try dataSet.set(.rescaleIntercept, .FD, decimals: [intercept])
      #expect(throws: ImagingError.self) { try image(dataSet) }
    }
  }

  @Test("the largest slope keeps 32-bit pixels within what can be shown")
  func largestSlope() throws {
    var dataSet = DataSet()
    try dataSet.set(.rescaleSlope, .FD, decimals: [1e29])
    try dataSet.set(.rescaleIntercept, .FD, decimals: [0])
    #expect(throws: ImagingError.badHeader(.rescaleSlope)) { try image(dataSet) }
    try dataSet.set(.rescaleSlope, .FD, decimals: [9e27])
    try dataSet.set(.rescaleIntercept, .FD, decimals: [9e27])
    let rescale = try ModalityRescale(FrameAttributes(dataSet, frame: 0))
    #expect(rescale.value(Int(UInt32.max)).isFinite && rescale.value(Int(Int32.min)).isFinite)
  }

  @Test("tables that begin beyond every stored value, or hold more than colours, are refused")
  func tables() throws {
    for (first, entry) in [(Int(UInt32.max), 1), (0, Int.max)] {
      var dataSet = DataSet()
      for tag in [
        DICOM.Tag.redPaletteColorLookupTableDescriptor, .greenPaletteColorLookupTableDescriptor,
        .bluePaletteColorLookupTableDescriptor,
      ] { try dataSet.set(tag, .UL, integers: [1, first, 16]) }
      for tag in [
        DICOM.Tag.redPaletteColorLookupTableData, .greenPaletteColorLookupTableData,
        .bluePaletteColorLookupTableData,
      ] { try dataSet.set(tag, .SV, integers: [entry]) }
      #expect(throws: ImagingError.unsupportedColours) {
        try image(dataSet, photometric: "PALETTE COLOR")
      }
    }
    var item = DataSet()
    try item.set(.lutDescriptor, .UL, integers: [1, Int(Int32.max) + 1, 16])
    try item.set(.lutData, .US, integers: [1])
    var dataSet = DataSet()
    dataSet.set(.modalityLUTSequence, items: [item])
    #expect(throws: ImagingError.badHeader(.modalityLUTSequence)) { try image(dataSet) }
  }

  @Test("any attributes give an image that can be shown, or a reason", arguments: 0..<10)
  func fuzz(seed: UInt64) throws {
    var random = Seeded(seed)
    let tags: [DICOM.Tag] = [
      .rescaleSlope, .rescaleIntercept, .windowCenter, .windowWidth, .pixelSpacing,
      .pixelPaddingValue, .pixelRepresentation, .imagerPixelSpacing, .lutDescriptor, .lutData,
      .redPaletteColorLookupTableDescriptor, .redPaletteColorLookupTableData,
      .greenPaletteColorLookupTableData, .bluePaletteColorLookupTableData,
    ]
    let vrs: [VR] = [.US, .SS, .UL, .SL, .FL, .FD, .SV, .UV, .DS, .IS, .OW, .UN]
    for _ in 0..<200 {
      var dataSet = DataSet()
      for tag in tags where Bool.random(using: &random) {
        guard let vr = vrs.randomElement(using: &random) else { continue }
        let choice: [UInt8] =
          vr == .DS || vr == .IS ? Array("0123456789-.e\\".utf8) : [0, 1, 2, 8, 16, 0x7f, 0xff]
        let bytes = (0..<Int.random(in: 0...6, using: &random) * 8).map { _ in
          choice.randomElement(using: &random) ?? 0
        }
        try dataSet.set(tag, vr, bytes: bytes)
      }
      if Bool.random(using: &random) { dataSet.set(.modalityLUTSequence, items: [dataSet]) }
      for photometric in ["MONOCHROME1", "PALETTE COLOR", "?"] {
        guard let image = try? image(dataSet, photometric: photometric) else { continue }
        for window in image.windows + [image.defaultWindow, image.percentileWindow(0, 1)] {
          #expect(render(image, View(window: window), width: 3, height: 3).count == 9)
        }
      }
    }
  }
}
