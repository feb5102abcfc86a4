import DICOM
public import Foundation
import Phantom
public import Radiology

/// A generated study as a modality would send it: one DX object that says it is synthetic.
public struct SyntheticStudy: Sendable {
  /// What is known of it and never told to the model.
  public struct Truth: Sendable, Hashable {
    public let accession: String
    public let isAbnormal: Bool
    public let boxes: [Manifest.Box]
  }

  public let truth: Truth
  /// A Part 10 file.
  public let bytes: Data

  private static let families = [
    "ABEL", "BRANDT", "CHEN", "DIAZ", "EVANS", "FISCHER", "GRECO", "HANSEN", "IVANOVA", "JONES",
    "KOVAC", "LEBRUN", "MORI", "NOVAK", "OKAFOR", "PETROV", "QUIST", "ROSSI", "SATO", "TANAKA",
    "URSU", "VARGA", "WEBER", "YILMAZ",
  ]

  /// Makes one study; its number, counted from 0, decides name and whether it is abnormal.
  ///
  /// - Throws: `DICOMError` if a value does not fit its attribute.
  init(number: Int, seed: UInt64, hospital: Hospital, at date: Date) throws {
    let own = seed &+ 7_000_000 &+ UInt64(number)
    // Three of eight are abnormal, scattered.
    let isAbnormal = [1, 4, 6].contains(number % 8)
    let phantom = ChestPhantom(seed: own, hospital: hospital, isAbnormal: isAbnormal)
    let accession = "SYN-\(String(own % 9000 + 1000))"
    truth = Truth(
      accession: accession, isAbnormal: isAbnormal,
      boxes: phantom.lesions.map(Manifest.Box.init))
    var file = DataSet()
    try Self.identify(&file, number: number, accession: accession, hospital: hospital, at: date)
    try Self.describe(&file, phantom)
    bytes = Data(try DICOMFile(file).write())
  }

  /// Patient, study, series and equipment.
  private static func identify(
    _ file: inout DataSet, number: Int, accession: String, hospital: Hospital, at date: Date
  ) throws {
    let day = date.formatted(.iso8601.year().month().day().dateSeparator(.omitted))
    let age = 25 + number * 7 % 60
    try file.set(.specificCharacterSet, "ISO_IR 192")
    try file.set(.imageType, ["DERIVED", "PRIMARY", "SYNTHETIC"])
    try file.set(.sopClassUID, "1.2.840.10008.5.1.4.1.1.1.1.1")
    try file.set(.sopInstanceUID, DICOM.UID.make())
    try file.set(.syntheticData, "YES")
    try file.set(.studyDate, day)
    try file.set(.studyTime, "08\(number % 50 + 10)00")
    try file.set(.accessionNumber, accession)
    try file.set(.modality, "DX")
    try file.set(.manufacturer, "SecondLook phantom")
    try file.set(.institutionName, "\(hospital.name) (synthetic)")
    try file.set(.referringPhysicianName, "SYNTHETIC^REFERRER")
    try file.set(.studyDescription, "SYNTHETIC chest PA")
    try file.set(.seriesDescription, "Generated image, no patient")
    try file.set(.patientName, "\(families[number % families.count])^SYNTHETIC")
    try file.set(.patientID, "SYN\(String(100_000 + number * 37))")
    try file.set(.issuerOfPatientID, hospital.site)
    try file.set(.patientBirthDate, "\((Int(day.prefix(4)) ?? 2026) - age)0101")
    try file.set(.patientSex, number % 2 == 0 ? "F" : "M")
    try file.set(.patientAge, "0\(age)Y")
    try file.set(.patientComments, "SYNTHETIC: no such person exists.")
    try file.set(.imageComments, "SYNTHETIC image, drawn by a program: it shows nobody.")
    try file.set(.bodyPartExamined, "CHEST")
    try file.set(.viewPosition, "PA")
    try file.set(.studyInstanceUID, DICOM.UID.make())
    try file.set(.seriesInstanceUID, DICOM.UID.make())
    try file.set(.studyID, "\(number + 1)")
    try file.set(.seriesNumber, integers: [1])
    try file.set(.instanceNumber, integers: [1])
    try file.set(.patientOrientation, ["L", "F"])
    try file.set(.laterality, "")
  }

  /// The image: 12 bits in 16, bright where the body is dense.
  private static func describe(_ file: inout DataSet, _ phantom: ChestPhantom) throws {
    try file.set(.samplesPerPixel, integers: [1])
    try file.set(.photometricInterpretation, "MONOCHROME2")
    try file.set(.rows, integers: [phantom.side])
    try file.set(.columns, integers: [phantom.side])
    // A chest of about 36 cm across.
    try file.set(.imagerPixelSpacing, decimals: [1.4, 1.4])
    try file.set(.bitsAllocated, integers: [16])
    try file.set(.bitsStored, integers: [12])
    try file.set(.highBit, integers: [11])
    try file.set(.pixelRepresentation, integers: [0])
    try file.set(.burnedInAnnotation, "NO")
    try file.set(.windowCenter, decimals: [2048])
    try file.set(.windowWidth, decimals: [4096])
    try file.set(
      .pixelData, .OW, bytes: phantom.pixels.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
  }
}

extension Manifest.Box {
  /// Where a lesion was put, in pixels.
  init(_ lesion: Lesion) {
    self.init(
      x0: Double(lesion.x0), y0: Double(lesion.y0), x1: Double(lesion.x1), y1: Double(lesion.y1))
  }
}
