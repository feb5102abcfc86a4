import DICOM
import Foundation
import Radiology

// What a header says of its picture; values of the file never get into a sentence as they are.
extension Caveats {
  /// Whether the picture is one a detector took.
  ///
  /// An image type DERIVED alone is none: every radiograph that was processed for people is.
  /// Source: PS3.3 C.7.6.1.1.2 (Image Type), C.8.6.1 (Conversion Type), C.8.11.1
  /// (Presentation Intent Type).
  mutating func addOrigin(of file: DICOMFile) {
    let header = file.dataSet
    let sopClass = header.uid(.sopClassUID) ?? ""
    if sopClass == Self.secondaryCapture || sopClass.hasPrefix(Self.secondaryCapture + ".") {
      add(.secondaryCapture, "A secondary capture is a picture of a picture.")
    }
    if let conversion = header.string(.conversionType) {
      let source = Self.conversions[conversion] ?? "made in a way not known here"
      add(.secondaryCapture, "The image is no direct exposure: \(source).")
    }
    if header.strings(.imageType).dropFirst().first == "SECONDARY" {
      add(.secondaryCapture, "The image was made after the examination, from another one.")
    }
    let isRadiograph = Self.radiography.contains(header.string(.modality) ?? "")
    let photometric = header.string(.photometricInterpretation) ?? ""
    if isRadiograph, !photometric.hasPrefix("MONOCHROME") {
      add(.secondaryCapture, "The image has colours, and no radiograph has.")
    }
    if header.string(.presentationIntentType) == "FOR PROCESSING" {
      add(.unprocessed, "The file holds the detector's values, not yet processed for viewing.")
    }
  }

  /// Whether some detail was given up, by this compression or an earlier one.
  ///
  /// Source: PS3.3 C.7.6.1.1.5 (Lossy Image Compression).
  mutating func addDetail(of file: DICOMFile) {
    let header = file.dataSet
    guard file.transferSyntax.isLossy || header.string(.lossyImageCompression) == "01" else {
      return
    }
    // Compressed again and again, it was compressed by all ratios together.
    let ratio = header.decimals(.lossyImageCompressionRatio).reduce(1, *)
    let stated = ratio > 1 && ratio < 1_000 ? " (\(String(format: "%.0f", ratio)) to 1)" : ""
    add(.lossy, "The image was compressed with a loss of detail\(stated).")
  }

  /// Whether something is drawn into or over the picture.
  ///
  /// Source: PS3.3 C.7.6.1.1 (Burned In Annotation), C.9.2 (Overlay Plane, groups 6000 to 601E).
  mutating func addDrawing(on header: DataSet) {
    if header.string(.burnedInAnnotation) == "YES" {
      add(.burnedInText, "The file says that letters are burned into its pixels.")
    }
    let overlays = header.elements.count {
      (0x6000...0x601e).contains($0.tag.group) && !$0.tag.isPrivate && $0.tag.element == 0x0010
    }
    if overlays > 0 {
      add(
        .overlay,
        overlays == 1
          ? "The file draws an overlay over the image; it is not shown."
          : "The file draws \(overlays) overlays over the image; they are not shown.")
    }
  }

  /// Secondary Capture Image Storage; its multi-frame kin begins with it (PS3.4 B.5).
  private static let secondaryCapture = "1.2.840.10008.5.1.4.1.1.7"

  /// Modalities of projection radiography (PS3.3 C.7.3.1.1.1).
  private static let radiography: Set = ["CR", "DX", "MG", "RG", "IO", "PX"]

  /// Conversion Type (0008,0064), its defined terms.
  private static let conversions = [
    "DV": "digitized video", "DI": "taken from a digital interface", "DF": "digitized film",
    "WSD": "made at a workstation", "SD": "a scanned document", "SI": "a scanned image",
    "DRW": "a drawing", "SYN": "a synthetic image",
  ]
}
