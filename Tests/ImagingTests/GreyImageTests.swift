import DICOM
import Foundation
import Testing

@testable import Imaging

@Suite struct GreyImageTests {
  private func read(_ dataSet: DataSet, _ pixels: [UInt16]) throws -> GreyImage {
    try DICOMBytes.withFile(DICOMBytes.file(dataSet, pixels: pixels)) { url in
      try GreyImage.read(dicom: url, decoder: PixelDecoder())
    }
  }

  @Test("slope and intercept apply, also where they are fractions")
  func rescale() throws {
    var dataSet = try DICOMBytes.header(columns: 2, rows: 1)
    try dataSet.set(.rescaleSlope, decimals: [0.684])
    try dataSet.set(.rescaleIntercept, decimals: [-1024.5])
    let image = try read(dataSet, [0, 1000])
    #expect(image.values == [-1024.5, -340.5])
  }

  @Test("a modality table replaces slope and intercept, and its ends go on")
  func table() throws {
    var item = DataSet()
    try item.set(.lutDescriptor, .US, integers: [3, 10, 16])
    try item.set(.lutData, .US, integers: [100, 200, 400])
    var dataSet = try DICOMBytes.header(columns: 5, rows: 1)
    dataSet.set(.modalityLUTSequence, items: [item])
    let image = try read(dataSet, [0, 10, 11, 12, 60_000])
    #expect(image.values == [100, 100, 200, 400, 400])
  }

  @Test("spacing, windows, depth, padding and inversion come from the header")
  func attributes() throws {
    var dataSet = try DICOMBytes.header(columns: 1, rows: 1, photometric: "MONOCHROME1")
    try dataSet.set(.pixelSpacing, decimals: [0.2, 0.1])
    try dataSet.set(.windowCenter, decimals: [40, 300, 1])
    try dataSet.set(.windowWidth, decimals: [400, 2000, 0])
    try dataSet.set(.pixelPaddingValue, integers: [7])
    try dataSet.set(.rescaleSlope, decimals: [2])
    try dataSet.set(.rescaleIntercept, decimals: [1])
    let image = try read(dataSet, [3])
    #expect(image.isInverted)
    #expect(image.spacing == GreyImage.Spacing(row: 0.2, column: 0.1))
    // The third window shows nothing and is left out.
    #expect(
      image.windows == [try Window(center: 40, width: 400), try Window(center: 300, width: 2000)])
    #expect(image.bits == 16)
    #expect(image.padding == 15)
  }

  @Test("what an enhanced file says of a frame counts before what it says of all")
  func functionalGroups() throws {
    func group(_ macro: DICOM.Tag, _ item: DataSet) -> DataSet {
      var group = DataSet()
      group.set(macro, items: [item])
      return group
    }
    var own = DataSet()
    try own.set(.rescaleSlope, decimals: [10])
    try own.set(.rescaleIntercept, decimals: [0])
    var shared = DataSet()
    try shared.set(.pixelSpacing, decimals: [3, 3])
    var dataSet = try DICOMBytes.header(columns: 1, rows: 1)
    dataSet.set(
      .perFrameFunctionalGroupsSequence, items: [group(.pixelValueTransformationSequence, own)])
    dataSet.set(.sharedFunctionalGroupsSequence, items: [group(.pixelMeasuresSequence, shared)])
    let image = try read(dataSet, [5])
    #expect(image.values == [50])
    #expect(image.spacing?.row == 3)
  }

  @Test("a palette is shown by its brightness")
  func palette() throws {
    var dataSet = try DICOMBytes.header(columns: 2, rows: 1, photometric: "PALETTE COLOR")
    for tag in [
      DICOM.Tag.redPaletteColorLookupTableDescriptor, .greenPaletteColorLookupTableDescriptor,
      .bluePaletteColorLookupTableDescriptor,
    ] { try dataSet.set(tag, .US, integers: [2, 0, 16]) }
    try dataSet.set(.redPaletteColorLookupTableData, .OW, bytes: [0, 0, 0, 100])
    try dataSet.set(.greenPaletteColorLookupTableData, .OW, bytes: [0, 0, 0, 200])
    try dataSet.set(.bluePaletteColorLookupTableData, .OW, bytes: [0, 0, 0, 50])
    #expect(try read(dataSet, [0, 1]).values == [0, 153])
  }
}
