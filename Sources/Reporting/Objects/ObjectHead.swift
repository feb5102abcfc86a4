import DICOM
import Foundation
import Radiology

/// What all DICOM objects made of one study share: whose they are, what they rest on, who made
/// them.
struct ObjectHead {
  let dossier: Dossier
  /// Those that an object can name, in the order of the study.
  let sources: [SourceImage]
  /// How to name each of ``sources``.
  let references: [ImageReference]
  let identity: DocumentIdentity
  let station: Station

  /// - Throws: ``ReportingError`` where the images are not the study's or none can be named, and
  ///   for a signature without a call.
  init(
    dossier: Dossier, sources: [SourceImage], identity: DocumentIdentity, station: Station
  ) throws(ReportingError) {
    guard sources.allSatisfy({ $0.belongs(to: dossier) }) else { throw .foreignImage }
    guard !dossier.isSigned || dossier.review?.call != nil else {
      throw .mismatch("The report is signed although no reader has called the study.")
    }
    self.dossier = dossier
    self.sources = sources.filter { $0.reference != nil }
    self.identity = identity
    self.station = station
    references = sources.compactMap(\.reference)
    if references.isEmpty { throw .noImageToName }
  }

  /// What an object is, for those who list it.
  struct Kind {
    /// SOP Class UID, PS3.4 B.5.
    let sopClass: String
    let modality: String
    let seriesNumber: Int
  }

  /// A data set with all that no kind of object does without.
  ///
  /// `title` begins the series' description.
  func begin(_ kind: Kind, title: String) throws(DICOMError) -> DataSet {
    var file = DataSet()
    try setPatientAndStudy(of: &file)
    try setObject(of: &file, kind)
    try setSeries(of: &file, kind, title: title)
    try setEquipment(of: &file)
    return file
  }

  // MARK: Patient and study

  /// Patient, General Study and Patient Study as the images have them, letter by letter; only a
  /// name that no document may hold is mended.
  ///
  /// A report whose patient differs in one character makes a second patient in an archive.
  /// Source: PS3.3 C.7.1.1, C.7.2.1, C.7.2.2.
  private func setPatientAndStudy(of file: inout DataSet) throws(DICOMError) {
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
    .patientComments, .patientIdentityRemoved, .deidentificationMethod,
    .deidentificationMethodCodeSequence, .studyDate, .studyTime, .accessionNumber,
    .issuerOfAccessionNumberSequence, .referringPhysicianName, .studyID, .studyDescription,
    .physiciansOfRecord, .patientAge, .patientSize, .patientWeight, .timezoneOffsetFromUTC,
  ]

  private static let required: [Tag] = [
    .patientName, .patientID, .patientBirthDate, .patientSex, .studyDate, .studyTime,
    .accessionNumber, .referringPhysicianName, .studyID,
  ]

  // MARK: Object, series and equipment

  /// SOP Common, PS3.3 C.12.1.
  private func setObject(of file: inout DataSet, _ kind: Kind) throws(DICOMError) {
    let made = date(in: file)
    try file.set(.sopClassUID, kind.sopClass)
    try file.set(.sopInstanceUID, identity.instance)
    try file.set(.instanceCreationDate, made.date)
    try file.set(.instanceCreationTime, made.time)
    try file.set(.instanceNumber, integers: [identity.number])
  }

  /// General Series, PS3.3 C.7.3.1, as far as all kinds of series have it.
  private func setSeries(
    of file: inout DataSet, _ kind: Kind, title: String
  ) throws(DICOMError) {
    let synthetic = dossier.study.isSynthetic ? "SYNTHETIC: " : ""
    try file.set(.modality, kind.modality)
    try file.set(.seriesInstanceUID, identity.series)
    try file.set(.seriesNumber, integers: [kind.seriesNumber])
    try file.set(.seriesDescription, "\(synthetic)\(title), research, not a medical device")
  }

  /// Enhanced General Equipment, PS3.3 C.7.5.2.
  private func setEquipment(of file: inout DataSet) throws(DICOMError) {
    try file.set(.manufacturer, Station.manufacturer)
    try file.set(.manufacturerModelName, Station.model)
    try file.set(.deviceSerialNumber, station.serialNumber.short)
    try file.set(.softwareVersions, station.version.short)
    if !station.organization.printable.isEmpty {
      try file.set(.institutionName, station.organization.short)
    }
  }

  // MARK: Dates

  /// When the object was made, in the time zone that all its dates share.
  func date(in file: DataSet) -> (date: String, time: String) {
    identity.made.dicom(in: timeZone(of: file))
  }

  /// All dates of a file share one offset: that of the study where it states one there can be.
  func timeZone(of file: DataSet) -> TimeZone {
    guard let offset = file.string(.timezoneOffsetFromUTC), let number = Int(offset),
      (-1200...1400).contains(number)
    else { return identity.timeZone }
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
  var short: String {
    let clean = printable.replacingOccurrences(of: "\\", with: "/")
    return String(String.UnicodeScalarView(clean.unicodeScalars.prefix(64)))
  }
}
