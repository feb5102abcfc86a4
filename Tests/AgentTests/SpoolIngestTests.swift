import DICOM
import Foundation
import Radiology
import Store
import Testing

@testable import Agent

/// Objects that were received and wait in a spool.
@Suite struct SpoolIngestTests {
  let site: Site
  init() throws { site = try Site() }

  /// An object as a receiver leaves it: the sender is the last element of meta information.
  private func received(from sender: String, _ bytes: Data) throws -> Data {
    let body = try #require(DICOMFile.body(ofFileBeginning: [UInt8](bytes)))
    let title = sender.count % 2 == 0 ? sender : sender + " "
    let element =
      Data([2, 0, 0x16, 0] + Array("AE".utf8) + [UInt8(title.count), 0])
      + Data(title.utf8)
    var file = bytes[..<body.offset] + element + bytes[body.offset...]
    // Group length, the first element, counts what follows it: preamble, mark and itself do not.
    file[140] = UInt8(body.offset - 144 + element.count)
    return file
  }

  private var spool: Ingest {
    Ingest(store: site.store, pictures: site.pictures, source: SpoolStage.receiver, isSpool: true)
  }

  @Test("an object that two senders sent is one object, from the first of them")
  func twice() async throws {
    let object = try Files.dicom()
    let first = try site.deliver(received(from: "CR1", object), as: "1.dcm")
    let second = try site.deliver(received(from: "ARCHIVE", object), as: "2.dcm")
    let summary = try await spool.take([first, second])
    #expect(summary.added == 1)
    #expect(summary.unchanged == 1)
    let rows = try site.store.worklist()
    #expect(rows.map(\.study.source) == ["CR1"])
    #expect(try site.store.instances(of: rows[0].id).map(\.source) == ["CR1"])
  }

  @Test("the same image in another encoding is the same image, and other pixels are not")
  func otherEncoding() async throws {
    let object = try Files.dicom()
    let place = try site.deliver(object, as: "1.dcm")
    let other = try site.deliver(implicit(object), as: "2.dcm")
    let changed = try site.deliver(Files.dicom(grey: 1_001), as: "3.dcm")
    let summary = try await site.ingest.take([place, other, changed])
    #expect(summary.added == 1)
    #expect(summary.unchanged == 1)
    #expect(summary.refused.count == 1)
  }

  /// The same in implicit VR little endian: no VRs, and lengths of four bytes.
  private func implicit(_ bytes: Data) throws -> Data {
    let file = try DICOMFile.read(bytes)
    let pixels = try #require(file.pixels)
    var result = Data()
    func number(_ value: Int, _ size: Int) -> [UInt8] {
      (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    for element in file.dataSet.elements {
      let value: Data
      switch element.value {
      case .bytes(let own): value = Data(own)
      case .pixels: value = bytes[pixels.offset..<pixels.offset + pixels.length]
      case .sequence: throw DICOMError.wrongVR(element.tag, .SQ)
      }
      result += number(Int(element.tag.group), 2) + number(Int(element.tag.element), 2)
      result += number(value.count, 4) + value
    }
    return result
  }

  @Test("an object that was sent under another name than it has is refused")
  func misnamed() async throws {
    var object = try received(from: "CR1", Files.dicom(object: "1.2.3.1.1"))
    let name = try #require(object.range(of: Data("1.2.3.1.1".utf8)))
    object.replaceSubrange(name, with: Data("1.2.3.1.9".utf8))
    let summary = try await spool.take([site.deliver(object, as: "1.dcm")])
    #expect(summary.refused.map(\.reason).first?.contains("another SOP Instance UID") == true)
    #expect(try site.store.worklist().map(\.triageClass) == [.failed])
  }

  @Test("a report beside an image is a document and takes nothing from the image")
  func document() async throws {
    let image = try DICOMFile.read(Files.dicom())
    var report = DataSet()
    for tag in [Tag.studyInstanceUID, .patientID, .patientName] {
      report[tag] = image.dataSet[tag]
    }
    try report.set(.sopClassUID, "1.2.840.10008.5.1.4.1.1.88.11")
    try report.set(.sopInstanceUID, "2.25.77")
    try report.set(.seriesInstanceUID, "2.25.78")
    try report.set(.modality, "SR")
    let files = try [
      site.deliver(Data(DICOMFile(report).write()), as: "1.dcm"),
      site.deliver(Files.dicom(), as: "2.dcm"),
    ]
    let summary = try await site.ingest.take(files)
    #expect(summary.documents == 1)
    #expect(summary.added == 1)
    let row = try #require(try site.store.worklist().first)
    #expect(row.study.modality == "DX")
    #expect(row.instances == 1)
    #expect(row.readable == 1)
    #expect(row.documents == 1)
  }
}
