import Foundation
import TestSupport
import Testing

/// Whether images decode to what they must be is checked on the machine that decodes them.
@Suite struct DecodeCheckTests {
  @Test(
    "real files of every transfer syntax decode exactly, and what does not is told with its reason",
    .enabled(if: SharedFiles.hasDICOM, "needs the shared DICOM files"))
  func realFiles() async throws {
    let program = try Program()
    defer { program.clean() }
    let outcome = try await program.run("decode-check", SharedFiles.dicom.path)
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains(#/RLE Lossless +19 +0 +0 +0/#))
    #expect(outcome.output.contains("HTJ2KLossless_08_RGB-38f8e8.dcm: refused. The image was not"))
    #expect(outcome.output.contains("High-Throughput JPEG 2000 is not decoded here."))
    #expect(
      outcome.output.contains(
        "Exact: 157 of 160 lossless files (98 %, wanted 95 %). Wrong: 0."))
    // It is no business of the store.
    #expect(!FileManager.default.fileExists(atPath: program.home.path))
  }

  /// A folder with one image, the picture of which the index may know or not.
  private func folder(_ program: Program, digest: String) throws -> URL {
    let folder = program.folder.appending(path: "images")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let image = folder.appending(path: "a.dcm")
    if !FileManager.default.fileExists(atPath: image.path) {
      try FileManager.default.copyItem(at: SharedFiles.image, to: image)
    }
    let index = """
      file,transfer_syntax_uid,pixels,pix_min,pix_max,pix_sum,pix_sha256
      a.dcm,1.2.840.10008.1.2.1,ok,0,1,1,\(digest)
      ../a.dcm,1.2.840.10008.1.2.1,ok,0,1,1,\(digest)

      """
    try Data(index.utf8).write(to: folder.appending(path: "index.csv"))
    return folder
  }

  @Test(
    "a picture that is not the reference's is wrong, and the status says so",
    .enabled(if: SharedFiles.hasImage, "needs the radiograph of the golden reports"))
  func wrong() async throws {
    let program = try Program()
    defer { program.clean() }
    let folder = try folder(program, digest: String(repeating: "0", count: 64))
    let outcome = try await program.run("decode-check", folder.path, "--verbose")
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("a.dcm: wrong. "))
    #expect(outcome.output.contains("Exact: 0 of 1 lossless file (0 %, wanted 95 %). Wrong: 1."))
    let json = try await program.run("decode-check", folder.path, "--json")
    #expect(json.status == 1)
    let report = try #require(
      JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect(report["good"] as? Bool == false)
    #expect(report["lossless"] as? Int == 1)
    #expect((report["rest"] as? [[String: String]])?.first?["verdict"] == "wrong")
  }

  @Test("a folder without an index is refused in a sentence")
  func noIndex() async throws {
    let program = try Program()
    defer { program.clean() }
    let outcome = try await program.run("decode-check", program.folder.path)
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("The folder has no index.csv"))
  }
}
