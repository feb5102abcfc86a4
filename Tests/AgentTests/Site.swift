import DICOM
import Engine
import Foundation
import Imaging
import Logging
import Radiology
import Reporting
import Store
import Triage

@testable import Agent

/// A hospital that is gone after the test.
final class Site: Sendable {
  let home: URL
  let store: Store
  let pictures: PictureShelf
  let shelf: ModelShelf

  init() throws {
    home = FileManager.default.temporaryDirectory
      .appending(path: "secondlook-test-\(UUID().uuidString)", directoryHint: .isDirectory)
    store = try Store(home: home.appending(path: "store", directoryHint: .isDirectory))
    pictures = try PictureShelf(store: store)
    shelf = ModelShelf(store: store, home: home.appending(path: "store"))
  }

  deinit { try? FileManager.default.removeItem(at: home) }

  var ingest: Ingest { Ingest(store: store, pictures: pictures, consent: .given) }
  var reading: ReadStage { ReadStage(store: store, shelf: shelf, pictures: pictures) }
  var inbox: URL { home.appending(path: "store/inbox", directoryHint: .isDirectory) }
  /// An inbox that finds everything settled.
  var ingesting: IngestStage {
    IngestStage(
      ingest: ingest, inbox: inbox, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      now: { Date() + 2 * IngestStage.doubt })
  }

  func exporter() throws -> Exporter {
    try Exporter(store: store, shelf: shelf, pictures: pictures, assets: Assets.folder())
  }

  /// A folder to import, made where missing.
  func folder(_ name: String = "files") throws -> URL {
    let folder = home.appending(path: name, directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  /// Writes a file into the inbox.
  @discardableResult
  func deliver(_ bytes: Data, as name: String) throws -> URL {
    let file = inbox.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try bytes.write(to: file)
    return file
  }

  /// What stands in the worklist, by study.
  func reasons() throws -> [String?] { try store.worklist().map { $0.triage?.reason } }

  /// Names in a folder below the store's.
  func names(in folder: String) -> Set<String> {
    let place = home.appending(path: "store/\(folder)").path
    return Set((try? FileManager.default.contentsOfDirectory(atPath: place)) ?? [])
  }
}

/// Small images as files.
enum Files {
  /// A chest radiograph of one grey; a damaged one states more rows than it has pixels for.
  static func dicom(
    study: String = "1.2.3", object: String = "1.2.3.1.1", patient: String = "4711",
    grey: UInt16 = 1_000, side: Int = 16, isDamaged: Bool = false
  ) throws -> Data {
    var file = DataSet()
    try file.set(.sopClassUID, "1.2.840.10008.5.1.4.1.1.1.1.1")
    try file.set(.sopInstanceUID, object)
    try file.set(.studyInstanceUID, study)
    try file.set(.seriesInstanceUID, "\(study).1")
    try file.set(.patientID, patient)
    try file.set(.patientName, "DOE^JANE")
    try file.set(.accessionNumber, "ACC\(study)")
    try file.set(.modality, "DX")
    try file.set(.bodyPartExamined, "CHEST")
    try file.set(.viewPosition, "PA")
    try file.set(.patientAge, "054Y")
    try file.set(.samplesPerPixel, integers: [1])
    try file.set(.photometricInterpretation, "MONOCHROME2")
    try file.set(.rows, integers: [isDamaged ? 2 * side : side])
    try file.set(.columns, integers: [side])
    try file.set(.bitsAllocated, integers: [16])
    try file.set(.bitsStored, integers: [12])
    try file.set(.highBit, integers: [11])
    try file.set(.pixelRepresentation, integers: [0])
    let pixel = [UInt8(grey & 0xFF), UInt8(grey >> 8)]
    try file.set(
      .pixelData, .OW, bytes: (0..<side * side).flatMap { _ in pixel })
    return Data(try DICOMFile(file).write())
  }

  /// A picture of one grey.
  static func png(grey: UInt8 = 100) throws -> Data {
    Data(try PNGFile.encode([UInt8](repeating: grey, count: 256), columns: 16, rows: 16))
  }

  /// A file of more than is taken, without a byte on the disk.
  static func tooLarge(at place: URL) throws {
    try Data().write(to: place)
    let file = try FileHandle(forWritingTo: place)
    try file.truncate(atOffset: UInt64(Ingest.largestFile) + 1)
    try file.close()
  }

  static func manifest(_ rows: String...) -> Data {
    Data((["file,label,patient,site,view"] + rows).joined(separator: "\n").utf8)
  }
}

/// The permission bits of a file, in octal.
func mode(_ place: URL) throws -> String {
  let bits = try FileManager.default.attributesOfItem(atPath: place.path)[.posixPermissions]
  return String((bits as? Int) ?? 0, radix: 8)
}
