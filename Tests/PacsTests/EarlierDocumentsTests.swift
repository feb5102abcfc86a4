import Foundation
import Radiology
import Store
import TestSupport
import Testing

@Suite("Earlier reports of a patient")
struct EarlierDocumentsTests {
  @Test("one that cannot be read is named with its reason, and hides no other")
  func unreadable() async throws {
    let site = try await DeliveringSite("")
    defer { site.program.clean() }
    let open = site.studies[0]
    let (broken, good) = ("\(open).7", "\(open).8")
    let folder = site.program.folder.appending(path: "more")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for study in [broken, good] {
      try GeneratedObject(1, of: study, side: 16, patient: "P\(open)").file
        .write(to: folder.appending(path: study))
    }
    #expect(try await site.program.run("import", folder.path, "--no-triage").status == 0)
    // It names a model whose files are gone.
    let store = try site.store
    try store.save(ModelVersion(id: "m1", name: "gone", lessons: 0, made: Date()))
    try store.save(
      Triage(study: broken, refused: .undetermined("Unlike."), model: "m1", made: Date()))
    for study in [broken, good] { try site.sign(study) }

    let shown = try await site.program.run("show", open, "--documents")
    #expect(shown.status == 0, "\(shown)")
    #expect(shown.output.contains("Report signed here that cannot be shown"), "\(shown)")
    #expect(shown.output.contains("Examination: 20261127"), "\(shown)")
    #expect(shown.output.contains("Nothing suspicious."), "\(shown)")
  }

  @Test("of very many the newest are read, and how many are left out is said")
  func many() async throws {
    let site = try await DeliveringSite("")
    defer { site.program.clean() }
    let open = site.studies[0]
    let folder = site.program.folder.appending(path: "more")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let more = (1...53).map { "\(open).\($0)" }
    for study in more {
      try GeneratedObject(1, of: study, side: 16, patient: "P\(open)").file
        .write(to: folder.appending(path: study))
    }
    #expect(try await site.program.run("import", folder.path, "--no-triage").status == 0)
    for study in more { try site.sign(study) }
    let shown = try await site.program.run("show", open, "--documents")
    #expect(shown.output.contains("3 older documents are not shown here."), "\(shown)")
    let read = shown.output.split(separator: "\n").count { $0.contains("Report signed here") }
    #expect(read == 50)
  }
}
