/// Why bytes are not DICOM we can read, or a value is not one we may write.
///
/// The texts name attributes and numbers of the format, never values of a patient.
public enum DICOMError: Error, Equatable, Sendable {
  case notDICOM
  case truncated(at: Int)
  case unknownVR(Tag)
  case badLength(Tag)
  case tooDeep(limit: Int)
  case tooManyElements(limit: Int)
  case unexpectedDelimiter(at: Int)
  case unsupportedTransferSyntax
  case deflated
  case badDeflate
  case valueTooLong(Tag, limit: Int)
  case badCharacters(Tag, VR)
  case wrongVR(Tag, VR)
  case notInCharacterSet(Tag)
  case missing(Tag)
  case notJSON
}

extension DICOMError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notDICOM: "This is not a DICOM file."
    case .truncated(let offset):
      "The file ends too early, at byte \(offset). Fetch it again from where it came."
    case .unknownVR(let tag): "Attribute \(tag) has a value representation that does not exist."
    case .badLength(let tag): "Attribute \(tag) states a length that cannot be right."
    case .tooDeep(let limit): "The file nests more than \(limit) sequences; none of it was used."
    case .tooManyElements(let limit): "The file has more than \(limit) attributes; none was used."
    case .unexpectedDelimiter(let offset):
      "A sequence or item ends at byte \(offset) where none was open."
    case .unsupportedTransferSyntax:
      "The file's transfer syntax is not known here. Ask the sender for a standard one."
    case .deflated: "The file is deflated and has to be inflated before it is parsed."
    case .badDeflate: "The deflated part of the file is damaged or far too large."
    case .valueTooLong(let tag, let limit):
      "The value for \(tag) is longer than the \(limit) that DICOM allows."
    case .badCharacters(let tag, let vr):
      "The value for \(tag) has characters that \(vr.rawValue) does not allow."
    case .wrongVR(let tag, let vr):
      "A \(vr.rawValue) cannot hold the kind of value given for \(tag)."
    case .notInCharacterSet(let tag):
      "The value for \(tag) cannot be written in the character set of its data set."
    case .missing(let tag): "Attribute \(tag) is missing and must be there."
    case .notJSON: "This is not the JSON of DICOM's web services; none of it was used."
    }
  }
}
