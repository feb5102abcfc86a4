import DICOM
import Foundation
import Radiology
import Store
import Testing

@testable import Agent

@Suite("A study for teaching")
struct TeachingExportTests {
  let site: Site
  let folder: URL

  init() throws {
    site = try Site()
    folder = try site.folder()
  }

  /// A study of two images with one region of the reader's.
  private func study() async throws -> Study.ID {
    try Files.dicom().write(to: folder.appending(path: "a"))
    try Files.dicom(object: "1.2.3.1.2", grey: 7).write(to: folder.appending(path: "b"))
    _ = try await site.ingest.take([folder])
    let now = Date(timeIntervalSinceReferenceDate: 800_000_000)
    var review = Review(
      study: "1.2.3", reader: "Dr Osei", call: .suspicious, findings: [], model: nil, started: now)
    let region = try Region(instance: "1.2.3.1.2", x0: 1, y0: 2, x1: 9, y1: 8)
    review.add(region, trackingUID: "2.25.7", at: now)
    _ = review.mark("R1", .agreed, note: "Mrs Doe's old scar", at: now)
    try site.store.save(review, over: nil)
    return "1.2.3"
  }

  @Test("has its images and its regions, and nobody's name")
  func content() async throws {
    let documents = try await TeachingExport(store: site.store).documents(of: study())
    #expect(documents.count == 3)
    let json = try #require(documents.last)
    let teaching = try JSONDecoder().decode(TeachingCase.self, from: json.bytes)
    #expect(teaching.images == documents.dropLast().map(\.fileName).sorted())
    #expect(teaching.call == .suspicious)
    let mark = try #require(teaching.regions.first)
    #expect(mark.name == "R1" && mark.x0 == 1 && mark.y1 == 8 && mark.state == .agreed)
    let image = try #require(documents.first { $0.fileName == mark.image })
    let pixels = try #require(DICOMFile.read(image.bytes).pixels)
    #expect(image.bytes[image.bytes.startIndex + pixels.offset] == 7)
    let text = String(decoding: json.bytes, as: UTF8.self)
    for word in ["DOE", "Doe", "Osei", "4711", "1.2.3", "2.25.7\"", "scar"] {
      #expect(!text.contains(word), "\(word)")
    }
  }

  @Test("is written once, and the same again")
  func twice() async throws {
    let study = try await study()
    let export = try TeachingExport(store: site.store)
    let output = site.home.appending(path: "out", directoryHint: .isDirectory)
    let places = try export.write(study, into: output)
    #expect(try export.write(study, into: output) == places)
    #expect(try FileManager.default.contentsOfDirectory(atPath: output.path).count == 3)
  }

  @Test("stays as a whole if one of its images has to stay")
  func refused() async throws {
    try Files.png().write(to: folder.appending(path: "a.png"))
    try Files.manifest("a.png,normal,p1,north,PA").write(to: folder.appending(path: "manifest.csv"))
    _ = try await site.ingest.take([folder])
    let study = try #require(try site.store.studies().first)
    let output = site.home.appending(path: "out", directoryHint: .isDirectory)
    #expect(throws: AgentError.self) {
      try TeachingExport(store: site.store).write(study.uid, into: output)
    }
    #expect(!FileManager.default.fileExists(atPath: output.path))
  }
}
