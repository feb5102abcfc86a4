import DICOM
import Foundation
import Radiology

extension StructuredReport {
  /// Patient, General Study and Patient Study as the images have them, letter by letter; only a
  /// name that no document may hold is mended.
  ///
  /// A report whose patient differs in one character makes a second patient in an archive.
  /// Source: PS3.3 C.7.1.1, C.7.2.1, C.7.2.2.
  func setPatientAndStudy(of file: inout DataSet) throws(DICOMError) {
    try file.set(.specificCharacterSet, "ISO_IR 192")
    if let header = sources.lazy.compactMap(\.header).first {
      try file.copy(Self.copied, from: header)
      try file.mendNames(Self.copied)
    } else {
      file.setFromStore(dossier)
    }
    try file.set(.studyInstanceUID, dossier.study.uid)
    for tag in Self.required where !file.contains(tag) { file.setEmpty(tag) }
  }

  // Codes of the order, such as Procedure Code Sequence, stay out: nobody here has reviewed them.
  private static let copied: [Tag] = [
    .patientName, .patientID, .issuerOfPatientID, .issuerOfPatientIDQualifiersSequence,
    .patientBirthDate, .patientBirthTime, .patientSex, .otherPatientNames, .ethnicGroup,
    .patientIdentityRemoved, .deidentificationMethod, .deidentificationMethodCodeSequence,
    .studyDate, .studyTime, .accessionNumber, .issuerOfAccessionNumberSequence,
    .referringPhysicianName, .studyID, .studyDescription, .physiciansOfRecord, .patientAge,
    .timezoneOffsetFromUTC,
  ]

  private static let required: [Tag] = [
    .patientName, .patientID, .patientBirthDate, .patientSex, .studyDate, .studyTime,
    .accessionNumber, .referringPhysicianName, .studyID,
  ]

  /// SOP Common, SR Document Series, Enhanced General Equipment and SR Document General.
  ///
  /// Source: PS3.3 C.12.1, C.17.1, C.7.5.2, C.17.2.
  func setDocument(of file: inout DataSet) throws(DICOMError) {
    let (date, time) = identity.made.dicom(in: timeZone(of: file))
    try file.set(.sopClassUID, Self.sopClass)
    try file.set(.sopInstanceUID, identity.instance)
    try file.set(.instanceCreationDate, date)
    try file.set(.instanceCreationTime, time)

    try file.set(.modality, "SR")
    try file.set(.seriesInstanceUID, identity.series)
    try file.set(.seriesNumber, integers: [9001])
    try file.set(.seriesDescription, seriesDescription)
    file.setEmpty(.referencedPerformedProcedureStepSequence)

    try file.set(.manufacturer, Station.manufacturer)
    try file.set(.manufacturerModelName, Station.model)
    try file.set(.deviceSerialNumber, station.serialNumber.short)
    try file.set(.softwareVersions, station.version.short)
    if !station.organization.printable.isEmpty {
      try file.set(.institutionName, station.organization.short)
    }

    try file.set(.instanceNumber, integers: [identity.number])
    try file.set(.contentDate, date)
    try file.set(.contentTime, time)
    try file.set(.completionFlag, "COMPLETE")
    try file.set(.verificationFlag, dossier.isSigned ? "VERIFIED" : "UNVERIFIED")
    try file.set(.preliminaryFlag, dossier.isSigned ? "FINAL" : "PRELIMINARY")
    file.setEmpty(.performedProcedureCodeSequence)
  }

  /// What the document rests on, replaces and answers.
  ///
  /// Source: PS3.3 C.17.2.1 and the macros of C.17-3 and C.17-3b.
  func setEvidence(of file: inout DataSet) throws(DICOMError) {
    let named = zip(sources, references).map { (series: $0.instance.series, object: $1) }
    file.set(.currentRequestedProcedureEvidenceSequence, items: [try hierarchy(named)])
    if !identity.predecessors.isEmpty {
      let earlier = identity.predecessors.map {
        (
          series: $0.series,
          object: ImageReference(sopClass: Self.sopClass, instance: $0.instance)
        )
      }
      file.set(.predecessorDocumentsSequence, items: [try hierarchy(earlier)])
    }
    guard let header = sources.lazy.compactMap(\.header).first else { return }
    var requests: [DataSet] = []
    for source in header.items(.requestAttributesSequence) {
      var request = DataSet()
      try request.copy(
        [.accessionNumber, .requestedProcedureDescription], from: header)
      try request.copy([.requestedProcedureID, .requestedProcedureDescription], from: source)
      try request.set(.studyInstanceUID, dossier.study.uid)
      for tag in Self.requestAttributes where !request.contains(tag) { request.setEmpty(tag) }
      requests.append(request)
    }
    if !requests.isEmpty { file.set(.referencedRequestSequence, items: requests) }
  }

  private static let requestAttributes: [Tag] = [
    .accessionNumber, .requestedProcedureDescription, .requestedProcedureID,
    .referencedStudySequence, .placerOrderNumberImagingServiceRequest,
    .fillerOrderNumberImagingServiceRequest, .requestedProcedureCodeSequence,
  ]

  /// The reader who signed, PS3.3 C.17.2.
  func setVerification(of file: inout DataSet, by reader: Reader) throws(DICOMError) {
    let signed = dossier.report?.signed ?? identity.made
    let (date, time) = signed.dicom(in: timeZone(of: file))
    var observer = DataSet()
    try observer.set(.verifyingObserverName, reader.name)
    observer.setEmpty(.verifyingObserverIdentificationCodeSequence)
    try observer.set(.verifyingOrganization, organization.short)
    try observer.set(.verificationDateTime, date + time)
    file.set(.verifyingObserverSequence, items: [observer])
  }

  /// Objects by series, in the order they come.
  private func hierarchy(
    _ named: [(series: String, object: ImageReference)]
  ) throws(DICOMError) -> DataSet {
    var order: [String] = []
    var objects: [String: [DataSet]] = [:]
    for (series, object) in named {
      if objects[series] == nil { order.append(series) }
      objects[series, default: []].append(try object.dataSet())
    }
    var series: [DataSet] = []
    for uid in order {
      var item = DataSet()
      try item.set(.seriesInstanceUID, uid)
      item.set(.referencedSOPSequence, items: objects[uid] ?? [])
      series.append(item)
    }
    var study = DataSet()
    try study.set(.studyInstanceUID, dossier.study.uid)
    study.set(.referencedSeriesSequence, items: series)
    return study
  }

  private var seriesDescription: String {
    let kind =
      switch dossier.report?.state {
      case .preliminary: "Preliminary, with AI"
      default: dossier.isSigned ? "Report with AI result" : "AI result"
      }
    let synthetic = dossier.study.isSynthetic ? "SYNTHETIC: " : ""
    return "\(synthetic)\(kind), research, not a medical device"
  }

  /// All dates of a file share one offset: that of the study where it states one.
  private func timeZone(of file: DataSet) -> TimeZone {
    guard let offset = file.string(.timezoneOffsetFromUTC), let number = Int(offset) else {
      return identity.timeZone
    }
    return TimeZone(secondsFromGMT: (number / 100 * 60 + number % 100) * 60) ?? identity.timeZone
  }
}

extension DataSet {
  /// Patient and study of images that have no header; what DICOM cannot hold stays empty.
  fileprivate mutating func setFromStore(_ dossier: Dossier) {
    let values: [(Tag, String)] = [
      (.patientName, dossier.patient.name), (.patientID, dossier.patient.identifier),
      (.issuerOfPatientID, dossier.patient.issuer),
      (.patientBirthDate, dossier.patient.birthDate ?? ""),
      (.patientSex, dossier.patient.sex ?? ""), (.studyDate, dossier.study.date ?? ""),
      (.studyTime, dossier.study.time ?? ""), (.accessionNumber, dossier.study.accession),
      (.referringPhysicianName, dossier.study.referrer),
      (.studyDescription, dossier.study.description),
    ]
    for (tag, value) in values where !value.isEmpty {
      let isName = tag == .patientName || tag == .referringPhysicianName
      let text = isName ? PersonName.writable(value.printable) : value.printable
      if (try? set(tag, text)) == nil { setEmpty(tag) }
    }
  }
}

extension String {
  /// Fit for value representation LO: one line, at most 64 characters, no backslash.
  fileprivate var short: String {
    let clean = printable.replacingOccurrences(of: "\\", with: "/")
    return String(String.UnicodeScalarView(clean.unicodeScalars.prefix(64)))
  }
}
