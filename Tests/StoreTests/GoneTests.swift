import Foundation
import Radiology
import Store
import Testing

@Suite("A store whose file is taken away")
struct GoneTests {
  /// What may happen to the folder while it is open.
  enum Loss: CaseIterable {
    case folderDeleted, folderMoved, fileDeleted, fileReplaced

    func happen(to folder: URL) throws {
      let files = FileManager.default
      let file = folder.appending(path: "secondlook.sqlite")
      switch self {
      case .folderDeleted: try files.removeItem(at: folder)
      case .folderMoved: try files.moveItem(at: folder, to: folder.appendingPathExtension("away"))
      case .fileDeleted: try files.removeItem(at: file)
      case .fileReplaced:
        let copy = folder.appending(path: "copy")
        try files.copyItem(at: file, to: copy)
        try files.removeItem(at: file)
        try files.moveItem(at: copy, to: file)
      }
    }
  }

  @Test("is neither read nor written to any more, and says what to do", arguments: Loss.allCases)
  func refused(loss: Loss) throws {
    let home = TemporaryHome()
    defer { try? FileManager.default.removeItem(at: home.url.appendingPathExtension("away")) }
    let store = try home.open()
    try store.save(intake())
    try loss.happen(to: home.url)
    #expect(throws: StoreError.gone) { try store.worklist() }
    #expect(throws: StoreError.gone) { try store.saveDraft(report()) }
    #expect(throws: StoreError.gone) {
      try store.sign(report(), review: review(), by: "Dr Osei", at: noon)
    }
    #expect(throws: StoreError.gone) { try store.version() }
    guard loss == .fileReplaced else { return }
    // Nothing of it has reached the other file, by the journal that lies beside it.
    let other = try home.open()
    #expect(try other.report(of: intake().study.uid) == nil)
  }

  @Test(
    "is heard of by whoever waits for changes", .timeLimit(.minutes(2)), arguments: Loss.allCases)
  func heard(loss: Loss) async throws {
    let home = TemporaryHome()
    defer { try? FileManager.default.removeItem(at: home.url.appendingPathExtension("away")) }
    let store = try home.open()
    let changes = store.changes(every: .milliseconds(10))
    try loss.happen(to: home.url)
    for await _ in changes { break }
    #expect(throws: StoreError.gone) { try store.worklist() }
  }
}
