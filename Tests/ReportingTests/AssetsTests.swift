import Foundation
import Testing

@testable import Reporting

@Suite("Assets")
struct AssetsTests {
  /// A folder that counts as assets.
  private func make(_ folder: URL) throws -> URL {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data().write(to: folder.appending(path: "codes.tsv"))
    return folder
  }

  @Test("a folder named by SECONDLOOK_ASSETS is taken, and nothing else if it holds no table")
  func named() throws {
    try Tools.withFolder { root in
      let folder = try make(root.appending(path: "own"))
      let program = root.appending(path: "assets/bin/secondlook")
      _ = try make(root.appending(path: "assets"))
      let found = Assets.locate(
        environment: ["SECONDLOOK_ASSETS": folder.path], executable: program)
      #expect(found?.standardizedFileURL.path == folder.standardizedFileURL.path)
      #expect(
        Assets.locate(
          environment: ["SECONDLOOK_ASSETS": root.path + "/none"], executable: program) == nil)
    }
  }

  @Test("an installed program finds share/secondlook, and one in a checkout the assets above it")
  func relative() throws {
    try Tools.withFolder { root in
      let installed = try make(root.appending(path: "usr/share/secondlook"))
      let checkout = try make(root.appending(path: "src/assets"))
      #expect(
        Assets.locate(
          environment: [:], executable: root.appending(path: "usr/bin/secondlook"))?.path
          == installed.path)
      #expect(
        Assets.locate(
          environment: [:],
          executable: root.appending(path: "src/.build/x86_64/debug/secondlook"))?.path
          == checkout.path)
      #expect(
        Assets.locate(environment: [:], executable: root.appending(path: "else/secondlook"))
          == nil)
    }
  }

  @Test("a file that is missing or no text is named in the error")
  func unreadable() throws {
    try Tools.withFolder { root in
      try Data([0xff, 0xfe, 0x00]).write(to: root.appending(path: "codes.tsv"))
      #expect(throws: ReportingError.unreadable(file: "codes.tsv")) {
        try CodeTable(folder: root)
      }
    }
  }
}
