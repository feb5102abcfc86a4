import Engine
import Foundation
import SwiftProtobuf
import TestSupport
import Testing

@testable import Federation

@Suite("What travels is made of the objects that Flower makes")
struct DeflationTests {
  @Test("every object has the name that flwr 1.41 gives it, up to the message")
  func golden() throws {
    let message = try DeflatedMessage(goldenMessage())
    let names = message.tree.objects.map(\.description)
    #expect(
      names == [
        "4918c9c667060e50dec6e6b4c0dc51fc610f858c8c8706218825ac5b46512318",
        "80f0f3c01f53586a786e64f680cf4acf4794bce4234264751d487fdd2ec0273f",
        "1450bf2e91aae6365fd9ba3f565dc7a20a3879367cdef8a25ee26691d7838bf2",
        "5ec42f95ea7f2cc6f134d1d0bdbc00caa0b654613ef6d939a6b81eb56c8ad755",
        "26d6b3dd5737badc32298bf308f8713ac6cb66eb51de703e524963b15badde3a",
        "3cc97a3b4200eced4de083481ceca20d5cbe27dc84a61cd58622f73f341221f9",
        "998b1f113e5179b58802019f314840fce75a7d408a34cfa8e1d57816c906dadb",
        "1d7dbef0fd84ed9f48d56ad641f885af4fb68fb470de5dc1972d530972b38806",
        "c3f477a5e8168bc9dd8bddbb9de8d53387da1aa4d7e9323be798821a7fdcc309",
        "76731e479b994954e7ce71216c803504bd85a111fc8394c0963f6f126e6dd0fd",
        "52e9f1cb9f2065032f51182a3db0224f0732562d43f8d07ecf0fb19de6171bb3",
      ])
  }

  @Test("what went in comes out, members by name")
  func roundTrip() throws {
    let sent = try DeflatedMessage(goldenMessage())
    let message = try FleetMessage(sent.tree, from: sent.shelved())
    #expect(message.heading == sent.heading)
    let arrays = try #require(message["arrays"])
    #expect(arrays.array("weight")?.shape == [2, 3])
    #expect(try arrays.array("weight")?.floats() == [1, 2, 3, 4, 5, 6])
    #expect(try arrays.array("bias2")?.floats() == [0, 0, 0])
    #expect(arrays.array("scale")?.element == .float64)
    #expect(try arrays.array("scale")?.floats() == [0.5])
    #expect(message["config"]?.value("who") == .text("site \"x\""))
    #expect(message["config"]?.value("flags") == .bools([true, false]))
    #expect(message["metrics"]?.value("num-examples") == .integer(40))
  }

  @Test("a tree may name its parts in any order, as Flower's database does", arguments: 0..<3)
  func anyOrder(seed: UInt64) throws {
    var random = Seeded(seed)
    // Two arrays of two chunks each, no two the same.
    let large = try [Float(1), 2].map { factor in
      let values = (0..<3 << 19).map { Float($0) * factor }
      return (values: values, array: try FleetArray(values, shape: [values.count]))
    }
    let arrays = large.enumerated().map { (name: "w\($0)", array: $1.array) }
    let sent = try DeflatedMessage(
      FleetMessage(
        goldenHeading(),
        .records([("arrays", .arrays(arrays)), ("metrics", .metrics([("n", .integer(1))]))])))
    func shuffled(_ tree: ObjectTree) -> ObjectTree {
      ObjectTree(id: tree.id, children: tree.children.shuffled(using: &random).map(shuffled))
    }
    let message = try FleetMessage(shuffled(sent.tree), from: sent.shelved())
    for (place, part) in large.enumerated() {
      #expect(try message["arrays"]?.array("w\(place)")?.floats() == part.values)
    }
  }

  @Test("every kind of value comes back as it was")
  func values() throws {
    let values: [(name: String, value: RecordValue)] = [
      ("a", .double(-0.5)), ("b", .integer(.min)), ("c", .unsigned(.max)), ("d", .bool(false)),
      ("e", .text("ä")), ("f", .bytes([])), ("g", .doubles([])), ("h", .integers([1])),
      ("i", .unsigneds([2])), ("j", .bools([])), ("k", .texts([])), ("l", .byteLists([[], [1]])),
    ]
    let sent = try DeflatedMessage(
      FleetMessage(goldenHeading(), .records([("c", .configuration(values))])))
    let record = try FleetMessage(sent.tree, from: sent.shelved())["c"]
    for (name, value) in values { #expect(record?.value(name) == value, "\(name)") }
  }

  @Test("a refusal travels as a message without records")
  func refusal() throws {
    let sent = try DeflatedMessage(
      FleetMessage(goldenHeading(), .refusal(code: 1000, reason: "the owner says no")))
    #expect(sent.tree.children.isEmpty)
    let message = try FleetMessage(sent.tree, from: sent.shelved())
    guard case .refusal(let code, let reason) = message.content else {
      Issue.record("no refusal")
      return
    }
    #expect(code == 1000 && reason == "the owner says no")
  }

  @Test("an announcement of records says that there are some, and shows none")
  func announcement() throws {
    let bytes: [UInt8] = try DeflatedMessage(goldenMessage()).announcement.serializedBytes()
    #expect(Array(bytes.suffix(2)) == [0x12, 0x00])
    let refusal = try DeflatedMessage(
      FleetMessage(goldenHeading(), .refusal(code: 1, reason: "")))
    #expect(!refusal.announcement.hasContent && refusal.announcement.hasError)
  }

  @Test("equal chunks travel once, however large the array of zeros")
  func zeros() throws {
    let count = 4 << 20
    let array = try FleetArray(.float32, shape: [count]) { [UInt8](repeating: 0, count: $0.count) }
    let sent = try DeflatedMessage(
      FleetMessage(goldenHeading(), .records([("arrays", .arrays([("w", array)]))])))
    // Of four chunks the second and the third are the same.
    #expect(sent.tree.objects.count == 4 + 3)
    let back = try FleetMessage(sent.tree, from: sent.shelved())["arrays"]?.array("w")
    #expect(try back?.floats() == [Float](repeating: 0, count: count))
  }

  @Test("a model of 200 MB is never in memory: at most a chunk is asked for at a time")
  func flat() throws {
    let asked = Asked()
    let array = try FleetArray(.float32, shape: [5, 10, 1_048_576]) { range in
      asked.note(range.count)
      return [UInt8](repeating: UInt8(range.lowerBound >> 20 & 0xff), count: range.count)
    }
    let sent = try DeflatedMessage(
      FleetMessage(goldenHeading(), .records([("arrays", .arrays([("w", array)]))])))
    for id in sent.tree.objects { _ = try sent.content(of: id) }
    #expect(asked.most <= FleetLimits.longestBody)
    #expect(asked.total == 2 * array.byteCount)
  }

  @Test("a source that changed in between is not sent")
  func changed() throws {
    let asked = Asked()
    let array = try FleetArray(.float32, shape: [4]) { range in
      asked.note(1)
      return [UInt8](repeating: UInt8(asked.total), count: range.count)
    }
    let sent = try DeflatedMessage(
      FleetMessage(goldenHeading(), .records([("arrays", .arrays([("w", array)]))])))
    #expect(throws: FleetError.wrongContent(sent.tree.objects[0])) {
      _ = try sent.content(of: sent.tree.objects[0])
    }
  }
}

/// How much was asked for.
private final class Asked: @unchecked Sendable {
  // `lock` guards both.
  private let lock = NSLock()
  private var sizes: [Int] = []

  func note(_ size: Int) { lock.withLock { sizes.append(size) } }
  var most: Int { lock.withLock { sizes.max() ?? 0 } }
  var total: Int { lock.withLock { sizes.reduce(0, +) } }
}
