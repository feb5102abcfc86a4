import Foundation
import TestSupport
import Testing

@Suite("What leaves the building", .enabled(if: SharedFiles.hasImage, "needs the shared image"))
struct SharingTests {
  @Test("a radiograph leaves without its patient; a report and a picture stay")
  func deidentify() async throws {
    let program = try Program()
    defer { program.clean() }
    let inbox = program.folder.appending(path: "in")
    let out = program.folder.appending(path: "out")
    try FileManager.default.createDirectory(at: inbox, withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: SharedFiles.image, to: inbox.appending(path: "a.dcm"))
    let first = try await program.run("deidentify", inbox.path, "-o", out.path)
    #expect(first.status == 0, "\(first)")
    #expect(first.output.contains("1 image written"))
    let report = SharedFiles.image.deletingLastPathComponent().appending(path: "golden_sr.dcm")
    try FileManager.default.copyItem(at: report, to: inbox.appending(path: "b.dcm"))
    let second = try await program.run("deidentify", inbox.path, "-o", out.path, "--verbose")
    #expect(second.status == 1, "\(second)")
    #expect(second.output.contains("0 images written, 1 there already, 1 refused"))
    #expect(second.output.contains("b.dcm"))
    let third = try await program.run("deidentify", inbox.path, "-o", out.path, "--partial")
    #expect(third.status == 0, "\(third)")
    let names = try FileManager.default.contentsOfDirectory(atPath: out.path)
    #expect(names.count == 1)
    #expect(names.allSatisfy { $0.wholeMatch(of: #/2\.25\.\d+\.dcm/#) != nil })
  }

  @Test("a study leaves for teaching, and the log says so")
  func teaching() async throws {
    let program = try Program()
    defer { program.clean() }
    _ = try await program.run("import", SharedFiles.image.path, "--no-triage")
    let out = program.folder.appending(path: "out")
    let export = try await program.run("export", "#1", "--format", "teaching", "-o", out.path)
    #expect(export.status == 0, "\(export)")
    let names = try FileManager.default.contentsOfDirectory(atPath: out.path).sorted()
    #expect(names.map { URL(filePath: $0).pathExtension }.sorted() == ["dcm", "json"])
    #expect(try await program.run("audit").output.contains("teaching, 1 image without identity"))
  }

  @Test("a support bundle is written once and names nobody")
  func support() async throws {
    let program = try Program()
    defer { program.clean() }
    _ = try await program.run("import", SharedFiles.image.path, "--no-triage")
    let place = program.folder.appending(path: "bundle.json")
    let bundle = try await program.run("support-bundle", "-o", place.path)
    #expect(bundle.status == 0, "\(bundle)")
    let text = try String(contentsOf: place, encoding: .utf8)
    #expect(text.contains("\"studies\" : 1"))
    #expect(!text.contains(program.home.path))
    let again = try await program.run("support-bundle", "-o", place.path)
    #expect(again.status == 1)
    #expect(try String(contentsOf: place, encoding: .utf8) == text)
  }
}
