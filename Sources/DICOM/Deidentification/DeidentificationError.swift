/// Why a file may not leave: what the de-identifier found that it cannot make safe.
///
/// The texts name attributes, never their values. Nothing of a refused file was written.
public enum DeidentificationError: Error, Equatable, Sendable {
  /// The file itself cannot be read or written.
  case file(DICOMError)
  /// No plain image: its content may say anything.
  case notAnImage
  /// An image that also holds a document, a waveform or a drawing.
  case foreignContent(Tag)
  /// Neither in PS3.6 nor private.
  case unknownAttribute(Tag)
  /// A value written as something the attribute cannot be.
  case contradictoryValue(Tag, VR)
  /// Text in an alphabet that cannot be read, so that nobody knows what it says.
  case unreadableText(Tag)
  /// The image says that text is burned into its pixels.
  case burnedIn
  /// Text in the pixels is likely, and the image does not say that there is none.
  case burnedInSuspected(BurnedInSuspicion)
  /// The image says that a face may be recognized.
  case recognizable
  /// A drawing in the unused bits of the pixels.
  case overlayInPixels(Tag)
  /// Pixels inside a sequence.
  case nestedPixels(Tag)
  /// Pixels that are not as many as the attributes say.
  case pixelsNotAsStated
  /// Something of the patient's identity is left in an attribute.
  case identityLeft(Tag)
  /// Something of the patient's identity is left in the pixels, for example in a comment there.
  case identityLeftInPixels
}

/// What makes text in the pixels likely.
public enum BurnedInSuspicion: String, Equatable, Sendable {
  case modality = "its modality"
  case capture = "it was captured from a screen or digitized"
  case color = "its pixels are not plain grey"
  case statement = "what it says of it is neither YES nor NO"
}

extension DeidentificationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .notAnImage:
      "This is no plain image, and what it holds cannot be cleaned; it stays here."
    case .foreignContent(let tag):
      "The image also holds \(tag), which cannot be cleaned; it stays here."
    case .unknownAttribute(let tag):
      "Attribute \(tag) is not known, so nobody can say whether it names the patient; the image "
        + "stays here. Remove the attribute at its source."
    case .contradictoryValue(let tag, let vr):
      "Attribute \(tag) is written as \(vr.rawValue), which it cannot be; the image stays here. "
        + "Have the sender mend it."
    case .unreadableText(let tag):
      "The text of \(tag) is in an alphabet that cannot be read; the image stays here."
    case .burnedIn:
      "The image says that text is burned into its pixels (0028,0301); it stays here."
    case .burnedInSuspected(let reason):
      "Text may be burned into the pixels (\(reason.rawValue)), and the image does not say that "
        + "there is none; it stays here. Look at it, and set (0028,0301) to NO if that is so."
    case .recognizable:
      "The image says that the patient may be recognized in it (0028,0302); it stays here."
    case .overlayInPixels(let tag):
      "The overlay \(tag) is drawn in unused bits of the pixels; the image stays here."
    case .nestedPixels(let tag):
      "There is a second picture in \(tag), which nobody has looked at; the image stays here."
    case .pixelsNotAsStated:
      "The pixels are not what the image says of them, so there may be a picture that nobody has "
        + "looked at; the image stays here. Have the sender mend it."
    case .identityLeft(let tag):
      "Attribute \(tag) repeats part of the patient's identity; the image stays here. Remove it at "
        + "its source."
    case .identityLeftInPixels:
      "The pixels repeat part of the patient's identity, for example in a comment of their "
        + "compression; the image stays here."
    }
  }
}
