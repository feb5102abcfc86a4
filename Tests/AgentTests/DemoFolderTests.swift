@testable import Agent
import DICOM
import Foundation
import Imaging
import Phantom
import Testing

@Suite struct DemoFolderTests {
  let place = FileManager.default.temporaryDirectory
    .appending(path: "secondlook-demo-test-\(UUID().uuidString)")

  @Test("a folder that is not there is made for its owner alone")
  func new() throws {
    defer { try? FileManager.default.removeItem(at: place) }
    let folder = try DemoFolder(place.appending(path: "deep/demo"))
    let mode = try FileManager.default.attributesOfItem(atPath: folder.url.path)[.posixPermissions]
    #expect(mode as? Int == 0o700)
  }

  @Test("what no demo made is refused and left as it is")
  func foreign() throws {
    defer { try? FileManager.default.removeItem(at: place) }
    let own = place.appending(path: "pictures")
    try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
    #expect(throws: AgentError.notADemo(path: place.path)) { try DemoFolder(place) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path) == ["pictures"])
    try Data("A note of mine".utf8).write(to: place.appending(path: "secondlook-demo.txt"))
    #expect(throws: AgentError.notADemo(path: place.path)) { try DemoFolder(place) }
  }

  @Test("another user's folder is refused")
  func another() throws {
    defer { try? FileManager.default.removeItem(at: place) }
    var theirs = URL(filePath: "/usr", directoryHint: .notDirectory)
    if geteuid() == 0 {
      // To root that one is its own, so one is given away.
      theirs = place
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      #expect(chown(place.path, 65_534, 65_534) == 0)
    }
    #expect(throws: AgentError.notYours(path: theirs.path)) { try DemoFolder(theirs) }
  }

  @Test("the next demo removes what a demo makes and nothing else, one demo at a time")
  func again() throws {
    defer { try? FileManager.default.removeItem(at: place) }
    do {
      let folder = try DemoFolder(place)
      folder.clear(isSynthetic: true)
      for name in ["pictures", "worklist", "mine"] {
        try FileManager.default.createDirectory(
          at: place.appending(path: name), withIntermediateDirectories: true)
      }
      #expect(throws: AgentError.demoRuns(path: place.path)) { try DemoFolder(place) }
    }
    try DemoFolder(place).clear(isSynthetic: true)
    let left = try FileManager.default.contentsOfDirectory(atPath: place.path).sorted()
    #expect(left == ["mine", "secondlook-demo.txt"])
    let note = try String(contentsOf: place.appending(path: left[1]), encoding: .utf8)
    #expect(note.contains("SYNTHETIC"))
  }

  @Test("a link in place of a part is removed, and what it leads to stays")
  func link() throws {
    defer { try? FileManager.default.removeItem(at: place) }
    let folder = try DemoFolder(place.appending(path: "demo"))
    let kept = place.appending(path: "kept")
    try FileManager.default.createDirectory(at: kept, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      at: folder.url.appending(path: "pictures"), withDestinationURL: kept)
    folder.clear(isSynthetic: true)
    #expect(FileManager.default.fileExists(atPath: kept.path))
    #expect(!FileManager.default.fileExists(atPath: folder.url.appending(path: "pictures").path))
  }

  @Test("the folder is the user's own cache, as the XDG specification says")
  func standard() {
    #expect(
      DemoFolder.standard(environment: ["XDG_CACHE_HOME": "/c"]).path == "/c/secondlook/demo")
    #expect(
      DemoFolder.standard(environment: ["XDG_CACHE_HOME": "c", "HOME": "/h"]).path
        == "/h/.cache/secondlook/demo")
  }

  @Test("a generated study says in its header, more than once, that it is synthetic")
  func study() throws {
    let study = try SyntheticStudy(
      number: 1, seed: 1, hospital: Hospital.examples[0], at: Date(timeIntervalSince1970: 0))
    let header = try DICOMFile.read([UInt8](study.bytes)).dataSet
    #expect(header.string(.syntheticData) == "YES")
    for tag in [Tag.patientComments, .imageComments, .studyDescription, .patientName] {
      #expect(header.string(tag)?.contains("SYNTHETIC") == true, "\(tag)")
    }
  }
}
