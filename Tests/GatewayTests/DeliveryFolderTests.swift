import Foundation
import Radiology
import Synchronization
import Testing

@testable import Gateway

@Suite("A folder that others read")
struct DeliveryFolderTests {
  let place = FileManager.default.temporaryDirectory.appending(path: "folder-\(UUID().uuidString)")
  private static let noLinks: @Sendable (String, String) -> CInt = { _, _ in
    errno = EPERM
    return -1
  }

  @Test(
    "where files have no second names, a document appears whole, once, and overwrites nothing",
    arguments: [NameTaking.linkOrRename, NameTaking(ways: [noLinks, NameTaking.rename])])
  func names(taking: NameTaking) async throws {
    defer { try? FileManager.default.removeItem(at: place) }
    let folder = DeliveryFolder(place, isMade: true, takingNamesBy: taking)
    for _ in 1...2 { _ = try await folder.send(document("one")) }
    #expect(try await folder.holds(document("one")) == true)
    let problem = await #expect(throws: DeliveryProblem.self) {
      try await folder.send(document("other"))
    }
    #expect(problem?.code == .nameTaken)
    #expect(try String(contentsOf: place.appending(path: "a.txt"), encoding: .utf8) == "one")
    // No draft is left.
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path) == ["a.txt"])
  }

  @Test("of many who want the same name at once one gets it, with links and without")
  func race() async throws {
    defer { try? FileManager.default.removeItem(at: place) }
    for taking in [NameTaking.linkOrRename, NameTaking(ways: [Self.noLinks, NameTaking.rename])] {
      let folder = DeliveryFolder(place, isMade: true, takingNamesBy: taking)
      let winners = await withTaskGroup(of: Bool.self) { group in
        for writer in 1...16 {
          group.addTask {
            do { _ = try await folder.send(self.document("writer \(writer)")) } catch {
              return false
            }
            return true
          }
        }
        return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(winners == 1)
      try FileManager.default.removeItem(at: place)
    }
  }

  @Test("a file system that cannot tell whether a name is free gets nothing, and that is said")
  func unable() async throws {
    defer { try? FileManager.default.removeItem(at: place) }
    let folder = DeliveryFolder(
      place, isMade: true,
      takingNamesBy: NameTaking(ways: [
        Self.noLinks,
        { _, _ in
          errno = EINVAL
          return -1
        },
      ]))
    let problem = await #expect(throws: DeliveryProblem.self) {
      try await folder.send(document("one"))
    }
    #expect(problem?.code == .unable && problem?.reason.contains("could be overwritten") == true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).isEmpty)
  }

  private func document(_ text: String) -> OutgoingDocument {
    OutgoingDocument(
      study: "1.2.3", patient: Patient(identifier: "4711", name: "", fallback: ""), format: .text,
      fileName: "a.txt", bytes: Data(text.utf8), file: URL(filePath: "/dev/null"))
  }
}
