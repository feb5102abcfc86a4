import Foundation
import Radiology
import Synchronization
import Testing

@testable import Triage

struct LabelledFolderTests {
  static let chest = URL(
    filePath: ProcessInfo.processInfo.environment["SECONDLOOK_DATA"] ?? "../shared/data"
  ).appending(path: "chest")
  static var isThere: Bool {
    FileManager.default.fileExists(atPath: chest.appending(path: "manifest.csv").path)
  }

  @Test("a folder without a manifest is refused")
  func noManifest() {
    #expect(throws: TriageError.self) {
      try LabelledFolder(folder: FileManager.default.temporaryDirectory.appending(path: "none"))
    }
  }

  @Test("pictures that cannot be read are complaints, and none at all is an error")
  func unreadable() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("file,label\na.png,normal\nb.png,\n".utf8).write(
      to: folder.appending(path: "manifest.csv"))
    let labelled = try LabelledFolder(folder: folder)
    await #expect(throws: TriageError.self) {
      try await labelled.contents(preparedBy: Models.preprocessing)
    }
  }

  @Test("every real chest picture of a site is prepared, in order", .enabled(if: isThere))
  func chest() async throws {
    let folder = try LabelledFolder(folder: Self.chest)
    #expect(folder.sites == ["guangzhou", "montgomery", "nih", "shenzhen"])
    let calls = Mutex(0)
    let contents = try await folder.contents(
      parts: [.test], sites: ["shenzhen", "montgomery"], preparedBy: Preprocessing()
    ) { done, total in
      calls.withLock { $0 += 1 }
      #expect(done <= total && total == 55)
    }
    #expect(contents.images.count == 55)
    #expect(contents.complaints.isEmpty)
    #expect(calls.withLock { $0 } == 55)
    #expect(contents.images.count(where: \.isSuspicious) == 24)
    #expect(contents.images.count { !$0.boxes.isEmpty } == 8)
    let expected = folder.manifest.rows.filter {
      $0.split == .test && ["shenzhen", "montgomery"].contains($0.site)
    }.map(\.patient)
    #expect(contents.images.map(\.patient) == expected)
  }

  @Test(
    "of the real chest test pictures less than one in a hundred is unfamiliar",
    .enabled(if: isThere))
  func falseRefusals() async throws {
    let folder = try LabelledFolder(folder: Self.chest)
    let preprocessing = Preprocessing()
    let train = try await folder.contents(parts: [.train], preparedBy: preprocessing).images
    let test = try await folder.contents(parts: [.test], preparedBy: preprocessing).images
    let familiarity = try #require(Familiarity(lessons: train.map(\.prepared)))
    let refused = test.count { familiarity.reasonUnfamiliar($0.prepared) != nil }
    #expect(refused * 100 < test.count)
  }

  @Test("a cancelled load stops", .enabled(if: isThere))
  func cancelled() async throws {
    let task = Task {
      try await LabelledFolder(folder: Self.chest).contents(preparedBy: Preprocessing())
    }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}
