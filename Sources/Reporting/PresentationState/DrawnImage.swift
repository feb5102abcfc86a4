import DICOM
import Radiology

/// An image with regions, and how a viewer is to show it.
struct DrawnImage {
  let source: SourceImage
  let reference: ImageReference
  let header: DataSet

  /// - Throws: ``ReportingError/noPresentationState(_:)`` for a picture that is no DICOM image of
  ///   greys.
  init(_ source: SourceImage, _ reference: ImageReference) throws(ReportingError) {
    guard let header = source.header else {
      throw .noPresentationState("An image with a region was imported without a DICOM header.")
    }
    guard ["MONOCHROME1", "MONOCHROME2"].contains(header.string(.photometricInterpretation)) else {
      throw .noPresentationState("An image with a region is not a grey one.")
    }
    self.source = source
    self.reference = reference
    self.header = header
  }

  /// All of the image, as large as fits.
  ///
  /// Source: PS3.3 C.10.4; pixels count from 1 here.
  func displayedArea() throws(DICOMError) -> DataSet {
    let instance = source.instance
    var area = DataSet()
    area.set(.referencedImageSequence, items: [try reference.dataSet()])
    try area.set(.displayedAreaTopLeftHandCorner, integers: [1, 1])
    try area.set(
      .displayedAreaBottomRightHandCorner, integers: [instance.columns, instance.rows])
    try area.set(.presentationSizeMode, "SCALE TO FIT")
    if let rows = instance.rowSpacing, let columns = instance.columnSpacing, rows != columns {
      try area.set(.presentationPixelSpacing, decimals: [rows, columns])
    } else {
      let ratio = header.integers(.pixelAspectRatio)
      let isStated = ratio.count == 2 && ratio.allSatisfy { $0 > 0 }
      try area.set(.presentationPixelAspectRatio, integers: isStated ? ratio : [1, 1])
    }
    return area
  }

  /// The image's own window, or its own table of greys; none where it states neither.
  ///
  /// Of several windows the first counts: it is the one a viewer opens with.
  /// Source: PS3.3 C.11.8.
  func window() throws(DICOMError) -> DataSet? {
    var window = DataSet()
    window.set(.referencedImageSequence, items: [try reference.dataSet()])
    let function = header.string(.voilutFunction)
    let narrowest = function == nil || function == "LINEAR" ? 1 : Double.leastNonzeroMagnitude
    if let center = header.decimal(.windowCenter), let width = header.decimal(.windowWidth),
      width >= narrowest
    {
      try window.set(.windowCenter, decimals: [center])
      try window.set(.windowWidth, decimals: [width])
      if let function { try window.set(.voilutFunction, function) }
      return window
    }
    guard let table = header.items(.voilutSequence).first else { return nil }
    window.set(.voilutSequence, items: [table])
    return window
  }
}
