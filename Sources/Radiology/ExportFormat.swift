/// A form a report can leave in.
public enum ExportFormat: String, Codable, Sendable, Hashable, CaseIterable {
  /// Plain text a clinician would print.
  case text
  /// DICOM Comprehensive 3D SR, TID 1500.
  case sr
  /// DICOM Grayscale Softcopy Presentation State: the regions over the images.
  case gsps
  /// DICOM Key Object Selection: the images with regions.
  case kos
  /// HL7 FHIR R4 document, JSON.
  case fhir
  /// HL7 v2.5.1 message ORU^R01.
  case hl7
  /// A page to print with its key images, PDF.
  case pdf
  /// DICOM Secondary Capture: the key image with its regions burned in. Like the next one it repeats
  /// what others say, and is sent only where it is asked for by name.
  case sc
  /// DICOM Encapsulated PDF: the page to print as an object of the study.
  case pdfDicom = "dicom-pdf"

  /// What people call it, in a few words.
  public var title: String {
    switch self {
    case .text: "page of text"
    case .sr: "DICOM structured report"
    case .gsps: "regions for DICOM viewers"
    case .kos: "key images for DICOM viewers"
    case .fhir: "FHIR document"
    case .hl7: "HL7 version 2 message"
    case .pdf: "page with key images (PDF)"
    case .sc: "key image, regions burned in"
    case .pdfDicom: "page with key images (DICOM)"
    }
  }
}

extension ExportFormat {
  /// What kind of system can take it.
  public enum Medium: Sendable, Hashable {
    /// A file to look at, which goes to folders alone.
    case page
    /// A DICOM object.
    case dicom
    /// An HL7 FHIR resource.
    case fhir
    /// An HL7 version 2 message.
    case hl7
  }

  public var medium: Medium {
    switch self {
    case .text, .pdf: .page
    case .sr, .gsps, .kos, .sc, .pdfDicom: .dicom
    case .fhir: .fhir
    case .hl7: .hl7
    }
  }
}
