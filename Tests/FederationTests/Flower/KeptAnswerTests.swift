import Foundation
import Testing

@testable import Federation

@Suite("An answer is on the disk before it leaves, and there is never a second one")
struct KeptAnswerTests {
  @Test(
    "a node killed anywhere in the middle of sending goes on with the same answer",
    arguments: Way.allCases, 0...6)
  func killed(way: Way, objects: Int) async throws {
    try await withFolder { place in
      let site = try await Site(in: place)
      try await site.ask()
      try await way.reach(site.coordinator, as: [site.folder.key]) { ways in
        let halfway = HalfwayTransport(
          way: ways[0], coordinator: site.coordinator, key: site.folder.key, objects: objects)
        await #expect(throws: FleetError.cancelled) { try await site.run(halfway) { _ in false } }
        #expect(site.folder.hasAnswer)
        try await site.run(ways[0]) { event in
          switch event {
          case .answered: return true
          case .dropped(let error): throw error
          default: return false
          }
        }
        #expect(try await site.values() == [2, 3])
        #expect(site.works == 1 && !site.folder.hasAnswer)
      }
    }
  }

  @Test("an answer that may not leave any more is given up whole, also one from before a fall")
  func withheld() async throws {
    try await withFolder { place in
      let site = try await Site(in: place)
      try await site.ask()
      let halfway = HalfwayTransport(
        way: site.local, coordinator: site.coordinator, key: site.folder.key, objects: 0)
      await #expect(throws: FleetError.cancelled) { try await site.run(halfway) { _ in false } }
      #expect(site.folder.hasAnswer)
      try await site.run(site.local, mayLeave: { _ in false }) { event in
        if case .dropped(let error) = event { #expect(error == .withdrawn) }
        if case .answered = event { throw FleetError.cancelled }
        if case .dropped = event { return true }
        return false
      }
      #expect(site.works == 1 && !site.folder.hasAnswer)
      #expect(try await site.coordinator.answers(within: .zero).isEmpty)
    }
  }

  private func answer() throws -> DeflatedMessage { try DeflatedMessage(goldenMessage()) }

  @Test("what is read from the disk is what was put there, to the last byte")
  func same() async throws {
    try await withFolder { place in
      let answer = try answer()
      let folder = try NodeFolder(place)
      #expect(!folder.hasAnswer)
      for read in [try folder.keep(answer), try NodeFolder(place).answer()] {
        #expect(read.heading == answer.heading && read.tree == answer.tree)
        #expect(read.byteCount == answer.byteCount && read.announcement == answer.announcement)
        for id in answer.tree.objects {
          #expect(try read.content(of: id) == answer.content(of: id))
        }
        #expect(try read.content(of: ObjectID(of: [1])) == nil)
      }
      #expect(!folder.isAnnounced(answer))
      try folder.announce(answer)
      #expect(try NodeFolder(place).isAnnounced(answer))
    }
  }

  @Test("a large answer is put there and read from there a chunk at a time")
  func flat() async throws {
    try await withFolder { place in
      let array = try FleetArray(.float32, shape: [10, 1_048_576]) { range in
        precondition(range.count <= FleetLimits.longestBody)
        return [UInt8](repeating: UInt8(range.lowerBound >> 20 & 0xff), count: range.count)
      }
      let answer = try DeflatedMessage(
        FleetMessage(goldenHeading(), .records([("arrays", .arrays([("w", array)]))])))
      let kept = try NodeFolder(place).keep(answer)
      let longest = try kept.tree.objects.map { try kept.content(of: $0)?.count ?? 0 }.max()
      #expect(try #require(longest) <= FleetLimits.longestBody + 100)
    }
  }

  @Test("an answer that the disk has damaged is given up, and not worked out again")
  func damaged() async throws {
    for note in [NodeFolder.Note.answer, nil] {
      try await withFolder { place in
        let site = try await Site(in: place)
        let question = try await site.ask()
        let halfway = HalfwayTransport(
          way: site.local, coordinator: site.coordinator, key: site.folder.key, objects: 0)
        await #expect(throws: FleetError.cancelled) { try await site.run(halfway) { _ in false } }
        let name = try site.folder.answer().tree.objects[0].description
        try Data([1, 2, 3]).write(
          to: note.map(site.folder.place) ?? site.place.appending(path: "answer-objects/\(name)"))
        try await site.run(site.local) { event in
          if case .dropped = event { return true }
          return false
        }
        #expect(site.works == 1 && site.folder.answered() == question)
      }
    }
  }

  @Test("an answer that nobody wants from the first is dropped")
  func unwanted() async throws {
    try await withFolder { place in
      let site = try await Site(in: place)
      let question = try await site.ask()
      try await site.run(site.local, meanwhile: { await site.coordinator.endRound() }) { event in
        guard case .dropped(let error) = event else { return false }
        #expect(error == .replyDropped(server: "this machine"))
        return true
      }
      #expect(site.folder.answered() == question && site.folder.instruction() == nil)
    }
  }

  @Test("an instruction that was answered and comes again is confirmed, and nothing else")
  func repeated() async throws {
    try await withFolder { place in
      let site = try await Site(in: place)
      let question = try await site.ask()
      let again = try #require(try await site.local.pull(as: site.node))
      let way = RepeatingTransport(way: site.local, instruction: again)
      try await site.run(way) { event in
        switch event {
        case .repeated(question): return true
        default: return site.works > 1
        }
      }
      #expect(site.works == 1)
      #expect(way.confirmed.count > 1 && Set(way.confirmed) == [question])
    }
  }

  @Test("who is killed while tidying up after an answer does not take its question for new")
  func tidying() async throws {
    try await withFolder { place in
      let site = try await Site(in: place)
      try await site.ask()
      let question = try #require(try await site.local.pull(as: site.node))
      try site.folder.keep(question)
      _ = try site.folder.keep(try answer())
      try site.folder.finish()
      // As if the instruction had still been there.
      try site.folder.keep(question)
      try await site.run(site.local) { event in
        if case .repeated = event { return true }
        return site.works > 0
      }
      #expect(site.works == 0)
    }
  }
}
