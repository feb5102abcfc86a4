public import DICOM

/// Why there is no picture; nothing of a patient is in the texts.
public enum ImagingError: Error, Equatable, Sendable {
  case decoderMissing
  case unreadableFile
  case fileTooLarge(megabytes: Int)
  case dicom(DICOMError)
  case noPixels
  case badHeader(Tag)
  case noSuchFrame(Int)
  /// The jailed decoder says no; the reason is one of its own fixed sentences.
  case refused(reason: String)
  /// Header and decoder see different files: what they differ in.
  case disagreement(String)
  case decoderFailed
  /// Somebody stopped the decoder; it says nothing of the image.
  case interrupted
  case decoderTookTooLong(seconds: Int)
  case unsupportedColours
  case damagedPNG
  case imageTooLarge(pixels: Int)
  case outOfMemory
  case windowTooNarrow(width: Float)
}

extension ImagingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .decoderMissing:
      """
      The decoder secondlook-dicom was not found beside this program or in ../libexec. \
      Install it, or name it in SECONDLOOK_DICOM.
      """
    case .unreadableFile: "The file cannot be read. Check that it exists and may be read."
    case .fileTooLarge(let limit): "The file is larger than \(limit) MB and was not read."
    case .dicom(let error): error.description
    case .noPixels: "The file holds no pixels, so there is nothing to show."
    case .badHeader(let tag):
      "Attribute \(tag) describes no image that can be shown. The file itself is unchanged."
    case .noSuchFrame(let frame): "The image has no frame \(frame)."
    case .refused(let reason): "The image was not decoded: \(reason)."
    case .disagreement(let what):
      "The image was refused because two parsers disagree about its \(what)."
    case .interrupted: "Decoding was stopped from outside. Nothing was decided; try again."
    case .decoderFailed: "The image broke its decoder, which was stopped. Nothing else is affected."
    case .decoderTookTooLong(let seconds):
      "The image was not decoded within \(seconds) seconds and was given up."
    case .unsupportedColours: "The image uses colours in a way that is not supported."
    case .damagedPNG: "The PNG is damaged or incomplete. Fetch it again from where it came."
    case .imageTooLarge(let pixels): "The image has more than \(pixels) pixels and was not read."
    case .outOfMemory: "There is not enough memory for this image."
    case .windowTooNarrow(let width): "A window \(width) wide shows nothing. Choose a wider one."
    }
  }
}
