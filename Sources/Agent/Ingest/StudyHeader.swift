import DICOM
import Foundation
import Imaging
import Radiology

/// What a DICOM header says of patient, study, series and instance.
///
/// Source: PS3.3 C.7.1.1, C.7.2.1, C.7.3.1, C.7.6.3.
struct StudyHeader {
  let patient: Patient
  let study: Study
  let series: Series
  let instance: Instance

  /// Reads a header; what is missing is derived from the file's digest, so that it stays the same.
  ///
  /// `picture` is what the pixels show, and `refusal` why they show nothing.
  init(
    _ file: DICOMFile, digest: String, content: String, bytes: Int, source: String,
    consent: Consent, arrived: Date, isDocument: Bool, picture: GreyImage?, refusal: String?
  ) {
    let header = file.dataSet
    let studyUID =
      header.uid(.studyInstanceUID) ?? Radiology.UID.make(digest: digest, role: .study)
    let seriesUID =
      header.uid(.seriesInstanceUID) ?? Radiology.UID.make(digest: digest, role: .series)
    let date = header.string(.studyDate)
    let birthDate = header.string(.patientBirthDate)
    patient = Patient(
      identifier: header.string(.patientID) ?? "", issuer: header.string(.issuerOfPatientID) ?? "",
      name: header.string(.patientName) ?? "", birthDate: birthDate,
      sex: header.string(.patientSex), fallback: studyUID)
    study = Study(
      uid: studyUID, patient: patient.id, accession: header.string(.accessionNumber) ?? "",
      date: date, time: header.string(.studyTime),
      description: header.string(.studyDescription) ?? header.string(.seriesDescription) ?? "",
      modality: header.string(.modality) ?? "", bodyPart: Self.bodyPart(of: header),
      view: header.string(.viewPosition) ?? "",
      age: Self.age(header.string(.patientAge), born: birthDate, on: date),
      referrer: header.string(.referringPhysicianName) ?? "",
      priority: Self.priority(header.string(.requestedProcedurePriority)), source: source,
      arrived: arrived, isSynthetic: header.string(.syntheticData) == "YES", consent: consent)
    series = Series(
      uid: seriesUID, study: studyUID, number: header.integer(.seriesNumber),
      modality: header.string(.modality) ?? "",
      description: header.string(.seriesDescription) ?? "",
      laterality: header.string(.laterality) ?? "")
    // A projection radiograph states the detector's spacing (PS3.3 10.7.1.3).
    let spacing = header.decimals(.pixelSpacing) + header.decimals(.imagerPixelSpacing)
    let isSpaced = spacing.count >= 2 && spacing[0] > 0 && spacing[1] > 0
    let (bodyPart, view) = (study.bodyPart, study.view)
    let caveats = picture.map { Caveats(of: file, $0, bodyPart: bodyPart, view: view).list } ?? []
    instance = Instance(
      uid: header.uid(.sopInstanceUID) ?? Radiology.UID.make(digest: digest, role: .instance),
      series: seriesUID, study: studyUID, sopClass: header.uid(.sopClassUID) ?? "",
      modality: study.modality, bodyPart: study.bodyPart, view: study.view,
      number: header.integer(.instanceNumber), rows: header.integer(.rows) ?? 0,
      columns: header.integer(.columns) ?? 0,
      frames: max(1, header.integer(.numberOfFrames) ?? 1),
      rowSpacing: isSpaced ? spacing[0] : nil, columnSpacing: isSpaced ? spacing[1] : nil,
      format: isDocument ? .document : .dicom, digest: digest, content: content, bytes: bytes,
      refusal: refusal, caveats: caveats, source: source)
  }

  /// Body Part Examined, or the chest where only a description of the images names it.
  ///
  /// What the whole study is called says less of each image: “chest and abdomen” is of two parts.
  private static func bodyPart(of header: DataSet) -> String {
    if let stated = header.string(.bodyPartExamined), !stated.isEmpty { return stated.uppercased() }
    let words = [Tag.seriesDescription, .protocolName]
      .compactMap { header.string($0)?.uppercased() }
    return words.contains { $0.contains("CHEST") || $0.contains("THORAX") } ? "CHEST" : ""
  }

  /// Whole years from an age string (`063Y`, `018M`; PS3.5 6.2, AS), or from two dates.
  static func age(_ text: String?, born: String?, on date: String?) -> Int? {
    if let text, let unit = text.last, let number = Int(text.dropLast()) {
      switch unit {
      case "Y": return number
      case "M": return number / 12
      case "W": return number / 52
      case "D": return number / 365
      default: break
      }
    }
    guard let born = born.flatMap(Int.init), let date = date.flatMap(Int.init), born > 1_000_00_00,
      date >= born
    else { return nil }
    // YYYYMMDD: the difference in years, less one before the birthday.
    return (date - born) / 10_000
  }

  /// Source: PS3.3 C.4.11, Requested Procedure Priority (0040,1003).
  private static func priority(_ text: String?) -> Priority {
    switch text {
    case "STAT": .stat
    case "HIGH": .urgent
    default: .routine
    }
  }
}
