import Foundation
import Synchronization
import Testing

@testable import Federation

@Suite("A disk that takes nothing for a while costs neither a round nor a second answer")
struct FullDiskTests {
  /// Where the disk takes nothing, as long as a file is where a folder belongs or the other way.
  enum Place: String, CaseIterable, CustomTestStringConvertible {
    case objectsOfTheAnswer, wordOfTheAnswer, wordThatItLeaves, wordThatItWasGiven
    var testDescription: String { rawValue }

    func url(in node: URL) -> URL {
      switch self {
      case .objectsOfTheAnswer: node.appending(path: "answer-objects")
      case .wordOfTheAnswer: node.appending(path: "answer")
      case .wordThatItLeaves: node.appending(path: "announced")
      case .wordThatItWasGiven: node.appending(path: "answered")
      }
    }

    func block(_ node: URL) throws {
      let url = url(in: node)
      if self == .objectsOfTheAnswer {
        try FileManager.default.removeItem(at: url)
        try Data().write(to: url)
      } else {
        // Nothing can be put in the place of a folder that is not empty.
        try FileManager.default.createDirectory(
          at: url.appending(path: "x"), withIntermediateDirectories: true)
      }
    }

    func free(_ node: URL) throws {
      try FileManager.default.removeItem(at: url(in: node))
      if self == .objectsOfTheAnswer {
        try FileManager.default.createDirectory(
          at: url(in: node), withIntermediateDirectories: true)
      }
    }
  }

  @Test(
    "the work is done once, its answer arrives once, and nothing half is left",
    arguments: Place.allCases)
  func waits(at place: Place) async throws {
    try await withFolder { folder in
      let site = try await Site(in: folder)
      try await site.ask()
      let isBlocked = Mutex(false)
      let waits = Mutex(0)
      try await site.run(
        site.local,
        meanwhile: {
          #expect(throws: Never.self) { try place.block(site.place) }
          isBlocked.withLock { $0 = true }
        }
      ) { event in
        switch event {
        case .waiting(let error) where isBlocked.withLock({ $0 }):
          guard case .notKept = error else { throw error }
          #expect(error.description.contains("Make room, and work goes on"))
          waits.withLock { $0 += 1 }
          isBlocked.withLock { $0 = false }
          try place.free(site.place)
        case .dropped(let error): throw error
        case .failed(let error): throw error
        default: break
        }
        guard waits.withLock({ $0 }) == 1 else { return false }
        _ = try await site.values()
        while site.folder.has(.instruction) { try await Task.sleep(for: .milliseconds(2)) }
        return true
      }
      #expect(try await site.values() == [2, 3])
      #expect(site.works == 1)
      let left = try FileManager.default.contentsOfDirectory(atPath: site.place.path)
      #expect(!left.contains { $0.hasPrefix(".") })
      #expect(!site.folder.hasAnswer && site.folder.instruction() == nil)
    }
  }

  @Test("work that finds no room is done when there is some, and is no failure")
  func work() async throws {
    try await withFolder { folder in
      let site = try await Site(in: folder)
      try await site.ask()
      let tries = Mutex(0)
      let (events, told) = AsyncStream.makeStream(of: FederationNode.Event.self)
      let running = Task {
        try await FederationNode(site.local, folder: site.folder, pause: .milliseconds(2)) {
          told.yield($0)
        }.run { message in
          let number = tries.withLock { tries in
            tries += 1
            return tries
          }
          guard number > 3 else { throw FleetError.notKept(reason: "no space left on device") }
          return try addingStep(1, to: message)
        }
      }
      #expect(try await site.values() == [2, 3])
      running.cancel()
      _ = await running.result
      told.finish()
      var waits = 0
      for await event in events {
        if case .waiting(.notKept) = event { waits += 1 }
        if case .failed(let error) = event { throw error }
      }
      #expect(waits == 3)
    }
  }

  @Test("that an answer was taken is noted when there is room, without its leaving again")
  func taken() async throws {
    try await withFolder { folder in
      let site = try await Site(in: folder)
      try await site.ask()
      let tries = Mutex(0)
      let noted = Mutex<[ObjectID]>([])
      try await site.run(
        site.local,
        hasArrived: { answer in
          let number = tries.withLock { tries in
            tries += 1
            return tries
          }
          guard number > 2 else { throw FleetError.notKept(reason: "no space left on device") }
          noted.withLock { $0.append(answer.id) }
        }
      ) { event in
        if case .dropped(let error) = event { throw error }
        guard case .answered(let answer) = event else { return false }
        #expect(noted.withLock { $0 } == [answer.id])
        return true
      }
      #expect(tries.withLock { $0 } == 3 && site.works == 1)
      #expect(try await site.values() == [2, 3])
    }
  }
}
