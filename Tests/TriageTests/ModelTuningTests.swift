import Engine
import Foundation
import Testing

@testable import Triage

@Suite("A model's algorithms on a machine")
struct ModelTuningTests {
  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "tuning-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  private func file(in folder: URL) -> URL { folder.appending(path: "tuning.json") }

  @Test("are measured once: what is kept is used, not measured again")
  func once() throws {
    try withFolder { folder in
      let model = try Models.fresh()
      let tuning = try model.tuning(keptIn: folder, threads: 2)
      let kept = try Data(contentsOf: file(in: folder))
      // No measurement says that every convolution is oneDNN's where one of our own was faster.
      let everywhere = String(decoding: kept, as: UTF8.self)
        .replacing("winograd4", with: "library").replacing("winograd2", with: "library")
        .replacing("streamed", with: "library")
      try Data(everywhere.utf8).write(to: file(in: folder))
      let again = try model.tuning(keptIn: folder, threads: 2)
      #expect(again.algorithms.keys == tuning.algorithms.keys)
      #expect(again.algorithms.values.allSatisfy { $0 == .library })
      #expect(try Data(contentsOf: file(in: folder)) == Data(everywhere.utf8))
    }
  }

  @Test("are measured anew where the file is damaged, another model's or for other threads")
  func anew() throws {
    try withFolder { folder in
      let model = try Models.fresh()
      _ = try model.tuning(keptIn: folder, threads: 2)
      let good = try Data(contentsOf: file(in: folder))
      let text = String(decoding: good, as: UTF8.self)
      for bad in [
        "", "{}", String(text.dropLast(20)), text.replacing(model.id, with: "another"),
        text.replacing("\"threads\" : 2", with: "\"threads\" : 3"),
      ] {
        #expect(bad != text)
        try Data(bad.utf8).write(to: file(in: folder))
        _ = try model.tuning(keptIn: folder, threads: 2)
        let mended = String(decoding: try Data(contentsOf: file(in: folder)), as: UTF8.self)
        #expect(mended.contains(model.id) && mended.contains("\"threads\" : 2"))
      }
    }
  }

  @Test("follow from the sizes where they cannot be kept")
  func unkept() throws {
    let nowhere = URL(filePath: "/nowhere/at/all", directoryHint: .isDirectory)
    #expect(try Models.fresh().tuning(keptIn: nowhere) == .bySize)
  }
}
