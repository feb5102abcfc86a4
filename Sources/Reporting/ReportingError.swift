public import DICOM

/// Why a document cannot be made.
///
/// The texts name files, lines and rules, never values of a patient.
public enum ReportingError: Error, Equatable {
  /// No folder with `codes.tsv` was found.
  case assetsMissing
  /// A file of the assets is not there or is no UTF-8 text.
  case unreadable(file: String)
  /// The code table breaks a rule of its own; lines count from 1.
  case codeTable(line: Int, reason: String)
  /// The code table lacks a concept that documents need.
  case codeMissing(key: String)
  /// The code table is not the one that was reviewed.
  case codeTableUnreviewed(fingerprint: UInt64)
  /// A report template breaks a rule; lines count from 1.
  case template(line: Int, reason: String)
  /// Nobody, model or reader, has said anything of the study.
  case nothingToReport
  /// None of the study's files is an object that a DICOM document can name.
  case noImageToName
  /// A finding points into an image that was not handed over.
  case imageMissing(finding: String)
  /// The document would show regions, and nobody marked any that is still to be shown.
  case noRegionToShow
  /// The images with regions cannot share one presentation state, or have none.
  case noPresentationState(String)
  /// A message about a patient without an identifier, which nobody could file.
  case patientUnidentified
  /// An image's header names another study or patient than the one reported.
  case foreignImage
  /// A value and its study do not belong together.
  case mismatch(String)
  /// A reader's name that DICOM cannot hold.
  case unusableName
  case dicom(DICOMError)
}

extension ReportingError {
  /// The study has no document of this form, and its other forms leave nothing unsaid.
  public var meansNoSuchForm: Bool {
    switch self {
    case .noRegionToShow, .noPresentationState: true
    default: false
    }
  }
}

extension ReportingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .assetsMissing:
      "The folder with SecondLook's code table and templates was not found; set "
        + "SECONDLOOK_ASSETS to it."
    case .unreadable(let file):
      "The file “\(file)” of SecondLook's assets cannot be read as text; install it again."
    case .codeTable(let line, let reason):
      "Line \(line) of the code table is wrong: \(reason) No document was made."
    case .codeMissing(let key):
      "The code table has no line for “\(key)”. No document was made; install it again."
    case .codeTableUnreviewed(let fingerprint):
      "The code table is not the reviewed one (its fingerprint is "
        + "\(String(fingerprint, radix: 16))). No document was made; install it again."
    case .template(let line, let reason):
      "Line \(line) of the report template is wrong: \(reason)"
    case .nothingToReport:
      "No model has judged this study and no reader has called it; there is nothing to report "
        + "yet."
    case .noImageToName:
      "No file of this study is an image that a DICOM report can refer to; export it as text."
    case .imageMissing(let finding):
      "Region \(finding) lies in an image that is not part of the export. No document was made."
    case .noRegionToShow:
      "No region of this study is to be shown, so there is nothing to draw and no image to point "
        + "at; the report itself says what was found."
    case .noPresentationState(let reason):
      "\(reason) No presentation state was made; the structured report has the regions."
    case .patientUnidentified:
      "The patient has no identifier, so no system could file an HL7 message. No message was made; "
        + "export the report in another form."
    case .foreignImage:
      "An image's header names another study, object or patient than the one reported. No document "
        + "was made; import the study again."
    case .mismatch(let reason): "\(reason) No document was made."
    case .unusableName:
      "The reader's name is empty, longer than 64 characters or made of signs DICOM keeps for "
        + "itself; sign under another spelling."
    case .dicom(let error): "The document could not be written. \(error)"
    }
  }
}
