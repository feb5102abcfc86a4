import DICOM
import Foundation
import Gateway
import Radiology
import Reporting
import Store
import Testing

@testable import Agent

@Suite struct ExporterTests {
  let site: Site
  let noon = Date(timeIntervalSinceReferenceDate: 800_000_000)

  init() async throws {
    site = try Site()
    let folder = try site.folder()
    try Files.dicom().write(to: folder.appending(path: "a"))
    _ = try await ingest.take([folder])
  }

  /// Everything arrives at noon, before anybody signs.
  private var ingest: Ingest {
    Ingest(store: site.store, pictures: site.pictures, consent: .given, now: { [noon] in noon })
  }

  /// Signs a study with one region of the reader's own.
  private func sign(
    _ state: Report.State, _ study: Study.ID = "1.2.3", note: String, at date: Date
  ) throws -> Report {
    var review = Review(
      study: study, reader: "Dr Osei", call: .suspicious, findings: [], model: nil,
      started: noon)
    let region = try Region(instance: "\(study).1.1", x0: 1, y0: 1, x1: 9, y1: 9)
    review.add(region, trackingUID: "2.25.7", at: noon)
    _ = review.mark("R1", .agreed, note: note, at: noon)
    let report = Report(
      study: study, state: state,
      sections: [Report.Section(key: "impression", title: "Impression", text: "See R1.")],
      author: "Dr Osei", changed: noon)
    return try site.store.sign(
      report, review: review, over: try site.store.review(of: study), by: "Dr Osei", at: date)
  }

  @Test(
    "a version's document rests on the review it was signed with", arguments: ExportFormat.allCases)
  func version(format: ExportFormat) throws {
    let exporter = try site.exporter()
    let first = try sign(.draft, note: "Looks like a nodule", at: noon)
    let before = try exporter.document(of: first, format: format)
    _ = try sign(.addendum, note: "A rib", at: noon + 60)
    let after = try exporter.document(of: first, format: format)
    #expect(after?.digest == before?.digest)
  }

  @Test("the objects of one report are in series of their own")
  func identifiers() throws {
    let exporter = try site.exporter()
    let report = try sign(.draft, note: "", at: noon)
    let formats: [ExportFormat] = [.sr, .gsps, .kos]
    let files = try formats.compactMap { try exporter.document(of: report, format: $0) }.map {
      try DICOMFile.read($0.bytes).dataSet
    }
    #expect(Set(files.map { $0.uid(.seriesInstanceUID) }).count == 3)
    #expect(Set(files.map { $0.uid(.sopInstanceUID) }).count == 3)
    #expect(files.map { $0.string(.modality) } == ["SR", "PR", "KO"])
  }

  @Test("what nobody has signed is in another series, and exported twice it is one file")
  func drafts() throws {
    let exporter = try site.exporter()
    try site.store.save(
      Triage(study: "1.2.3", refused: .undetermined("Unlike."), model: nil, made: noon))
    let first = try exporter.document(of: "1.2.3", format: .sr, at: noon)
    let second = try exporter.document(of: "1.2.3", format: .sr, at: noon + 3600)
    #expect(first.digest == second.digest)
    let report = try sign(.draft, note: "", at: noon)
    let signed = [try #require(try exporter.document(of: report, format: .sr))]
    let series = try ([first] + signed).map {
      try DICOMFile.read($0.bytes).dataSet.uid(.seriesInstanceUID)
    }
    // Their descriptions differ, and all objects of one series share one.
    #expect(Set(series).count == 2)
  }

  @Test("a study without a region leaves without the objects that would show one")
  func nothingToShow() throws {
    let review = Review(
      study: "1.2.3", reader: "Dr Osei", call: .normal, findings: [], model: nil, started: noon)
    let draft = Report(
      study: "1.2.3",
      sections: [Report.Section(key: "impression", title: "Impression", text: "Normal.")],
      author: "Dr Osei", changed: noon)
    let report = try site.store.sign(
      draft, review: review, over: nil, by: "Dr Osei", at: noon)
    let exporter = try site.exporter()
    let forms: [ExportFormat] = [.text, .sr, .gsps, .kos, .sc]
    let documents = try forms.compactMap {
      try exporter.document(of: report, format: $0)
    }
    #expect(documents.count == 2)
    #expect(throws: ReportingError.noRegionToShow) {
      try exporter.document(of: "1.2.3", format: .gsps, at: noon)
    }
  }

  @Test("the burned-in copy of a small image has room for its words, and says that it is one")
  func burnedIn() throws {
    let report = try sign(.draft, note: "", at: noon)
    let copy = try #require(try site.exporter().document(of: report, format: .sc))
    let file = try DICOMFile.read(copy.bytes).dataSet
    #expect(file.integer(.rows) ?? 0 > 16 && file.integer(.columns) ?? 0 > 200)
    #expect(file.string(.burnedInAnnotation) == "YES")
  }

  @Test("the patient's side of a region is told where the image states its orientation")
  func orientation() async throws {
    let folder = try site.folder("turned")
    let upright = try Files.dicom(study: "1.2.7", object: "1.2.7.1.1")
    var file = try DICOMFile.read(upright).dataSet
    try file.set(.patientOrientation, ["L", "F"])
    try Data(try DICOMFile(file).write(pixelsFrom: [UInt8](upright)))
      .write(to: folder.appending(path: "c"))
    _ = try await ingest.take([folder])
    _ = try sign(.draft, "1.2.7", note: "", at: noon)
    let document = try site.exporter().document(of: "1.2.7", format: .fhir, at: noon)
    #expect(
      String(decoding: document.bytes, as: UTF8.self).contains(
        "left in the image (patient's right)"))
  }

  @Test("a document is its owner's alone, in a folder that stays as it is")
  func permissions() throws {
    let document = Document(fileName: "report.txt", bytes: Data("DOE".utf8))
    let there = try site.folder("there")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: there.path)
    #expect(try mode(document.write(into: there)) == "600")
    #expect(try mode(there) == "755")
    let made = site.home.appending(path: "made")
    #expect(try mode(document.write(into: made)) == "600")
    #expect(try mode(made) == "700")
  }

  @Test("only the owner can enter the folders of models and of delivered reports")
  func folders() async throws {
    let home = try #require(site.store.home)
    try site.shelf.start(with: ReadStageTests.model(seed: 1), by: "a test", at: noon)
    _ = try sign(.draft, note: "", at: noon)
    let deliver = try site.delivering(to: .folder(DeliverStage.defaultFolder(in: home)))
    #expect(try await deliver.drain() == 4)
    let all = FileManager.default.enumerator(atPath: home.path)
    while let name = all?.nextObject() as? String {
      let isFolder = all?.fileAttributes?[.type] as? FileAttributeType == .typeDirectory
      #expect(try mode(home.appending(path: name)) == (isFolder ? "700" : "600"), "\(name)")
    }
  }
}
