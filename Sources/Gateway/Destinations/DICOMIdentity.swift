import DICOM
import Foundation
import Radiology

/// By which a DICOM document is known everywhere.
struct DICOMIdentity: Equatable {
  let study: String
  let series: String
  let instance: String
  let sopClass: String

  /// - Throws: ``DeliveryProblem`` for bytes that are no DICOM file, or do not say which.
  init(_ document: OutgoingDocument) throws(DeliveryProblem) {
    guard let dataSet = try? DICOMFile.read(document.bytes).dataSet,
      let study = dataSet.uid(.studyInstanceUID), let series = dataSet.uid(.seriesInstanceUID),
      let instance = dataSet.uid(.sopInstanceUID), let sopClass = dataSet.uid(.sopClassUID)
    else {
      throw DeliveryProblem(.notTaken, "\(document.format.rawValue) is no DICOM document.")
    }
    (self.study, self.series, self.instance, self.sopClass) = (study, series, instance, sopClass)
  }
}

extension Patient {
  /// The identity of whoever an archive has a study of, where that is not this patient.
  ///
  /// Identifiers are compared without spaces at the end, which DICOM does not count (PS3.5 6.2); the
  /// issuers only where both are known. An archive that names nobody contradicts nobody.
  func other(identifier: String?, issuer: String?) -> Patient.ID? {
    let theirs = (identifier ?? "").trimmingCharacters(in: .whitespaces)
    let issuer = (issuer ?? "").trimmingCharacters(in: .whitespaces)
    guard !theirs.isEmpty else { return nil }
    let isSame =
      theirs == self.identifier.trimmingCharacters(in: .whitespaces)
      && (issuer.isEmpty || self.issuer.isEmpty || issuer == self.issuer)
    return isSame ? nil : "\(issuer)\\\(theirs)"
  }
}
