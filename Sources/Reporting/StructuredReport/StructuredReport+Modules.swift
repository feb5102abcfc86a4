import DICOM
import Foundation
import Radiology

extension StructuredReport {
  /// SR Document Series and SR Document General.
  ///
  /// Source: PS3.3 C.17.1, C.17.2.
  func setDocument(of file: inout DataSet) throws(DICOMError) {
    let made = head.date(in: file)
    file.setEmpty(.referencedPerformedProcedureStepSequence)
    try file.set(.contentDate, made.date)
    try file.set(.contentTime, made.time)
    try file.set(.completionFlag, "COMPLETE")
    try file.set(.verificationFlag, dossier.isSigned ? "VERIFIED" : "UNVERIFIED")
    try file.set(.preliminaryFlag, dossier.isSigned ? "FINAL" : "PRELIMINARY")
    file.setEmpty(.performedProcedureCodeSequence)
  }

  /// What the document rests on, replaces and answers.
  ///
  /// Source: PS3.3 C.17.2.1 and the macros of C.17-3 and C.17-3b.
  func setEvidence(of file: inout DataSet) throws(DICOMError) {
    let named = zip(head.sources, head.references).map {
      (series: $0.instance.series, object: $1)
    }
    file.set(.currentRequestedProcedureEvidenceSequence, items: [try head.hierarchy(named)])
    let earlier = head.identity.predecessors.map {
      (
        series: $0.series,
        object: ImageReference(sopClass: Self.kind.sopClass, instance: $0.instance)
      )
    }
    if !earlier.isEmpty {
      file.set(.predecessorDocumentsSequence, items: [try head.hierarchy(earlier)])
    }
    let requests = try head.requests()
    if !requests.isEmpty { file.set(.referencedRequestSequence, items: requests) }
  }

  /// The reader who signed, PS3.3 C.17.2.
  func setVerification(of file: inout DataSet, by reader: Reader) throws(DICOMError) {
    let signed = dossier.report?.signed ?? head.identity.made
    let (date, time) = signed.dicom(in: head.timeZone(of: file))
    var observer = DataSet()
    try observer.set(.verifyingObserverName, reader.name)
    observer.setEmpty(.verifyingObserverIdentificationCodeSequence)
    try observer.set(.verifyingOrganization, organization.short)
    try observer.set(.verificationDateTime, date + time)
    file.set(.verifyingObserverSequence, items: [observer])
  }

  /// What a list of series calls the document.
  var title: String {
    switch dossier.report?.state {
    case .preliminary: "Preliminary, with AI"
    default: dossier.isSigned ? "Report with AI result" : "AI result"
    }
  }
}
