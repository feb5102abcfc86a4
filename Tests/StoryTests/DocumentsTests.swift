import Foundation
import TestSupport
import Testing

@Suite("Documents that arrive", .enabled(if: SharedFiles.hasDICOM, "needs the shared DICOM files"))
struct DocumentsTests {
  @Test("a report of another maker is a row that says so, and its words are read")
  func reports() async throws {
    let program = try Program()
    defer { program.clean() }
    // Basic Text, and a deflated Enhanced SR.
    for name in ["reportsi-59ca5f.dcm", "report_dfl-91b366.dcm"] {
      let file = SharedFiles.dicom.appending(path: name).path
      #expect(try await program.run("import", file).status == 0)
    }
    let list = try await program.run("worklist", "--json")
    #expect(list.output.contains("document without an image"), "\(list)")
    #expect(!list.output.contains("failed"), "\(list)")
    for row in ["#1", "#2"] {
      let shown = try await program.run("show", row, "--documents")
      #expect(shown.status == 0, "\(shown)")
      #expect(shown.output.contains("erified") && shown.output.contains(": "), "\(shown)")
    }
    #expect(try await program.run("audit").output.contains("to read earlier documents"))
  }
}
