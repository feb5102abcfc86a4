public import DICOM
public import Radiology

/// An image a document refers to, with the header it arrived with.
public struct SourceImage: Sendable {
  public let instance: Instance
  /// None for a picture that is no DICOM object.
  public let header: DataSet?

  public init(instance: Instance, header: DataSet?) {
    self.instance = instance
    self.header = header
  }

  /// How to point to it; nil where there is nothing a DICOM document could name.
  ///
  /// A picture imported without a header is named as the Secondary Capture object it would be,
  /// under the identifiers it was given on import; the document says so in words.
  var reference: ImageReference? {
    let stated = header?.uid(.sopClassUID) ?? instance.sopClass
    if UID.isValid(stated) { return ImageReference(sopClass: stated, instance: instance.uid) }
    guard instance.format == .png else { return nil }
    return ImageReference(sopClass: Self.secondaryCapture, instance: instance.uid)
  }

  /// Secondary Capture Image Storage, PS3.4 B.5.
  static let secondaryCapture = "1.2.840.10008.5.1.4.1.1.7"

  var isImported: Bool { header == nil }

  /// Whether the header is that of this study, this patient and this object.
  ///
  /// Identifiers the header leaves out were made on import and cannot be compared.
  func belongs(to dossier: Dossier) -> Bool {
    guard instance.study == dossier.study.uid else { return false }
    guard let header else { return true }
    func agrees(_ stated: String?, _ known: String) -> Bool { stated == nil || stated == known }
    return agrees(header.uid(.studyInstanceUID), dossier.study.uid)
      && agrees(header.uid(.sopInstanceUID), instance.uid)
      && agrees(header.string(.patientID), dossier.patient.identifier)
  }
}
