import DICOM
import Foundation
import Testing

@testable import Agent

@Suite("Images on their way out")
struct DeidentificationRunTests {
  let site: Site
  let folder: URL
  let output: URL

  init() throws {
    site = try Site()
    folder = try site.folder("DOE JANE 4711")
    output = site.home.appending(path: "out", directoryHint: .isDirectory)
    try Files.dicom().write(to: folder.appending(path: "DOE.dcm"))
    try Files.dicom(object: "1.2.3.1.2", grey: 7).write(to: folder.appending(path: "JANE.dcm"))
    try Files.png().write(to: folder.appending(path: "shot.png"))
  }

  private func run() throws -> DeidentificationRun {
    DeidentificationRun(try Deidentifier(of: site.store), into: output)
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: output.path).sorted()
  }

  @Test("are written under names that tell nothing, and what has to stay is not")
  func names() async throws {
    let summary = try run().take([folder])
    #expect(summary.written == 2)
    #expect(summary.refused.map { URL(filePath: $0.file).lastPathComponent } == ["shot.png"])
    let names: [String] = try names()
    #expect(names.count == 2)
    for name in names {
      #expect(name.wholeMatch(of: #/2\.25\.\d+\.dcm/#) != nil)
      let place = output.appending(path: name)
      #expect(try mode(place) == "600")
      let image = try DICOMFile.read(Data(contentsOf: place)).dataSet
      #expect(image.string(.patientIdentityRemoved) == "YES")
      #expect(image.string(.patientName)?.contains("DOE") == false)
    }
    #expect(try mode(output) == "700")
  }

  @Test("are written once, and never over something else")
  func once() throws {
    _ = try run().take([folder])
    let before: [String] = try names()
    let second = try run().take([folder])
    #expect(second.written == 0 && second.unchanged == 2)
    let place = output.appending(path: try #require(before.first))
    try Data("mine".utf8).write(to: place)
    let third = try run().take([folder])
    #expect(third.written == 0 && third.unchanged == 1 && third.refused.count == 2)
    #expect(try Data(contentsOf: place) == Data("mine".utf8))
  }

  @Test("are not mixed up where two have one UID: the first is written, the others are named")
  func sameUID() throws {
    try Files.dicom(grey: 9).write(to: folder.appending(path: "ZOE.dcm"))
    let summary = try run().take([folder])
    #expect(summary.written == 2)
    #expect(
      summary.refused.map { URL(filePath: $0.file).lastPathComponent } == ["ZOE.dcm", "shot.png"])
  }

  @Test("belong to one patient in every run of one site, and to another at another")
  func pseudonyms() throws {
    let bytes = [UInt8](try Files.dicom())
    let here = try Deidentifier(of: site.store).output(of: bytes)
    #expect(try Deidentifier(of: site.store).output(of: bytes) == here)
    // Its files are gone with it, and a store without its file does nothing more.
    let other = try Site()
    let there = try Deidentifier(of: other.store).output(of: bytes)
    #expect(withExtendedLifetime(other) { there.instance != here.instance })
  }

  @Test("are not looked for where there is nothing")
  func nothing() throws {
    let nowhere = site.home.appending(path: "nowhere")
    #expect(throws: AgentError.nothingThere(path: nowhere.path)) { try run().take([nowhere]) }
    #expect(!FileManager.default.fileExists(atPath: output.path))
  }
}
