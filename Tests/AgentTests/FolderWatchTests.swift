import Foundation
import Testing

@testable import Agent

@Suite struct FolderWatchTests {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appending(path: "secondlook-watch-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  @Test("a file that is written to and not closed grows, and stops when it is closed")
  func growing() throws {
    let watch = FolderWatch([folder])
    let file = folder.appending(path: "a.dcm")
    let descriptor = open(file.path, O_CREAT | O_WRONLY, 0o600)
    try #require(descriptor >= 0)
    #expect(write(descriptor, "abc", 3) == 3)
    #expect(watch.isGrowing(file))
    close(descriptor)
    #expect(!watch.isGrowing(file))
    try FileManager.default.removeItem(at: folder)
  }

  @Test("a file that is moved in is whole, also in a folder made later")
  func moved() async throws {
    let watch = FolderWatch([folder])
    let inner = folder.appending(path: "ward/1", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
    #expect(await watch.wait(atMost: .seconds(20)))
    let outside = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
    try Data("abc".utf8).write(to: outside)
    let file = inner.appending(path: "a.dcm")
    try FileManager.default.moveItem(at: outside, to: file)
    #expect(await watch.wait(atMost: .seconds(20)))
    #expect(!watch.isGrowing(file))
    try FileManager.default.removeItem(at: folder)
  }

  @Test("a second name for a whole file is whole")
  func linked() throws {
    let outside = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
    try Data("abc".utf8).write(to: outside)
    let watch = FolderWatch([folder])
    let file = folder.appending(path: "a.dcm")
    try FileManager.default.linkItem(at: outside, to: file)
    #expect(!watch.isGrowing(file))
    for place in [folder, outside] { try FileManager.default.removeItem(at: place) }
  }

  @Test("where nothing happens the wait ends by itself, and at once for who is cancelled")
  func quiet() async throws {
    let watch = FolderWatch([folder])
    #expect(await !watch.wait(atMost: .milliseconds(10)))
    let waiting = Task { await watch.wait(atMost: .seconds(600)) }
    waiting.cancel()
    #expect(await !waiting.value)
    try FileManager.default.removeItem(at: folder)
  }
}
