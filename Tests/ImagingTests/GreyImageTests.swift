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

  @Test("a table of the file shows the image where there is no window, and comes behind one")
  func voiTable() throws {
    var item = DataSet()
    try item.set(.lutDescriptor, .US, integers: [4, 10, 12])
    try item.set(.lutData, .US, integers: [4095, 2048, 1024, 0])
    var dataSet = try DICOMBytes.header(columns: 6, rows: 1)
    dataSet.set(.voilutSequence, items: [item])
    let image = try read(dataSet, [0, 10, 11, 12, 13, 60_000])
    let view = View(window: image.defaultWindow)
    #expect(render(image, view, width: 6, height: 1) == [255, 255, 128, 64, 0, 0])
    try dataSet.set(.windowCenter, decimals: [40])
    try dataSet.set(.windowWidth, decimals: [400])
    let both = try read(dataSet, [0, 10, 11, 12, 13, 60_000]).windows
    #expect(both.map(\.width) == [400, 4])
  }

  @Test("the first input of a table is signed where modality values may be below 0")
  func signedTable() throws {
    var item = DataSet()
    try item.set(.lutDescriptor, .US, integers: [2, 0xffff, 8])
    try item.set(.lutData, .OW, bytes: [0, 255])
    var dataSet = try DICOMBytes.header(columns: 2, rows: 1)
    dataSet.set(.voilutSequence, items: [item])
    try dataSet.set(.rescaleSlope, decimals: [1])
    try dataSet.set(.rescaleIntercept, decimals: [-10])
    let image = try read(dataSet, [9, 10])
    #expect(image.values == [-1, 0])
    #expect(image.values.map { image.defaultWindow.grey($0) } == [0, 255])
  }

  @Test("the file's function gives its windows their shape")
  func functions() throws {
    for (function, shape) in [
      ("LINEAR", Window.Shape.linear), ("LINEAR_EXACT", .exact), ("SIGMOID", .sigmoid),
    ] {
      var dataSet = try DICOMBytes.header(columns: 1, rows: 1)
      try dataSet.set(.windowCenter, decimals: [40])
      try dataSet.set(.windowWidth, decimals: [400])
      try dataSet.set(.voilutFunction, function)
      #expect(try read(dataSet, [1]).windows.map(\.shape) == [shape])
    }
  }

  @Test("an inverse presentation shape makes small values bright, once")
  func inverse() throws {
    for (photometric, shape, isInverted) in [
      ("MONOCHROME1", "INVERSE", true), ("MONOCHROME2", "INVERSE", true),
      ("MONOCHROME2", "IDENTITY", false), ("MONOCHROME1", "IDENTITY", true),
    ] {
      var dataSet = try DICOMBytes.header(columns: 1, rows: 1, photometric: photometric)
      try dataSet.set(.presentationLUTShape, shape)
      #expect(try read(dataSet, [1]).isInverted == isInverted)
      let isOdd = (photometric == "MONOCHROME1") != (shape == "INVERSE")
      #expect(DICOMFile(dataSet).imageNotes == (isOdd ? [.greysDisagree] : []))
    }
  }

  @Test("what a file has and no picture shows is noted")
  func notes() throws {
    var dataSet = try DICOMBytes.header(columns: 1, rows: 1, bits: 32)
    for group: UInt16 in [0x6000, 0x6002, 0x6003] {
      try dataSet.set(DICOM.Tag(group, 0x0010), .US, integers: [1])
    }
    try dataSet.set(.pixelAspectRatio, integers: [2, 1])
    #expect(DICOMFile(dataSet).imageNotes == [.overlays(2), .notSquare(2), .rounded])
    #expect(ImageNote.overlays(2).description == "2 overlays are not shown")
    #expect(ImageNote.notSquare(1e300).description.hasPrefix("pixels are 100000 %"))
    try dataSet.set(.pixelSpacing, decimals: [0.2, 0.2])
    #expect(DICOMFile(dataSet).imageNotes == [.overlays(2), .rounded])
  }

  @Test("a palette in segments is refused by name")
  func segmentedPalette() throws {
    var dataSet = try DICOMBytes.header(columns: 1, rows: 1, photometric: "PALETTE COLOR")
    try dataSet.set(.segmentedRedPaletteColorLookupTableData, .OW, bytes: [0, 0])
    #expect(throws: ImagingError.refused(reason: "segmented palettes are not shown here")) {
      try read(dataSet, [0])
    }
  }
}
