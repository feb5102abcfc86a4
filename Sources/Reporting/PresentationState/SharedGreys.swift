import DICOM
import Radiology

/// What one presentation state has once for all its images: modality values and polarity.
struct SharedGreys: Equatable {
  /// Rescale or Modality LUT, PS3.3 C.11.1; empty where the images have none.
  let modality: DataSet
  /// The lowest value is white, as in MONOCHROME1.
  let isInverted: Bool

  /// - Throws: ``ReportingError/noPresentationState(_:)`` where the images differ.
  init(of images: [DrawnImage]) throws(ReportingError) {
    var all: [SharedGreys] = []
    do {
      for image in images { all.append(try SharedGreys(of: image.header)) }
    } catch { throw .dicom(error) }
    guard let first = all.first, all.allSatisfy({ $0 == first }) else {
      throw .noPresentationState("The images with regions differ in rescale or in polarity.")
    }
    self = first
  }

  private init(of header: DataSet) throws(DICOMError) {
    isInverted = header.string(.photometricInterpretation) == "MONOCHROME1"
    var modality = DataSet()
    if header.contains(.modalityLUTSequence) {
      try modality.copy([.modalityLUTSequence], from: header)
    } else if let slope = header.decimal(.rescaleSlope),
      let intercept = header.decimal(.rescaleIntercept)
    {
      try modality.set(.rescaleIntercept, decimals: [intercept])
      try modality.set(.rescaleSlope, decimals: [slope])
      // Unspecified, where the image does not say.
      try modality.set(.rescaleType, header.string(.rescaleType) ?? "US")
    }
    self.modality = modality
  }
}
