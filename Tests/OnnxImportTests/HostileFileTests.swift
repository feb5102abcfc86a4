import Foundation
import SwiftProtobuf
import Testing

@testable import Engine
@testable import OnnxImport

@Suite("A hostile file gives a reason, never a crash or a flood of memory")
struct HostileFileTests {
  @Test("a model that ends too early is refused, wherever it ends")
  func truncated() throws {
    for fixture in [Fixture.oddities, .unet] {
      let bytes = try fixture.bytes()
      for end in stride(from: 0, to: bytes.count - 1, by: bytes.count / 200) {
        #expect(throws: OnnxError.self) {
          try OnnxModel(decoding: Array(bytes[..<end]), input: fixture.size)
        }
      }
    }
  }

  @Test("bytes by chance are no model", arguments: 0..<4)
  func chance(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<500 {
      let count = Int.random(in: 0...300, using: &random)
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(throws: OnnxError.self) { try OnnxModel(decoding: bytes) }
    }
  }

  @Test("mutants of real files give a model or a reason", arguments: 0..<12)
  func mutants(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let fixture = Fixture.allCases[Int(seed) % Fixture.allCases.count]
    let whole = try fixture.bytes()
    let structure = try nodeBytes(whole)
    for _ in 0..<400 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        // Most mutations go where nodes are; weights come after them and mostly stay weights.
        let reach = Int.random(in: 0..<4, using: &random) == 0 ? bytes.count : structure
        let place = Int.random(in: 0..<reach - 32, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[place] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &random) ?? 0
        case 2: bytes.removeSubrange(place..<place + 3)
        default: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        }
      }
      attempt(bytes, fixture)
    }
  }

  @Test("graphs whose parts were exchanged give a model or a reason", arguments: 0..<12)
  func exchanges(seed: UInt64) throws {
    var random = SplitMix64(seed: seed &+ 100)
    let fixture = Fixture.allCases.reversed()[Int(seed) % Fixture.allCases.count]
    let whole = try ProtoModel(serializedBytes: fixture.bytes())
    for _ in 0..<300 {
      var model = whole
      for _ in 0..<Int.random(in: 1...3, using: &random) { exchange(in: &model.graph, &random) }
      attempt(try model.bytes(), fixture)
    }
  }

  @Test("extents beyond the numbers at hand are refused before anything is made for them")
  func claims() throws {
    for dims: [Int64] in [
      [1 << 40, 2, 3, 3], [1 << 62, 1 << 62, 1, 1], [-2, -2, 3, 3], [2, 2, 3, 4], [2, 0, 3, 3],
      [1, 1, 1, 1, 1, 1, 1, 1, 36],
    ] {
      var weight = ProtoTensor.floats("w", [2, 2, 3, 3])
      weight.dims = dims
      let model = ProtoModel([ProtoNode("Conv", ["image", "w"])], [weight])
      #expect(throws: OnnxError.self) { try OnnxModel(decoding: model.bytes()) }
    }
  }

  @Test("a few bytes that stand for very many messages or numbers are refused unread")
  func floods() throws {
    // Empty nodes of two bytes each, inside a graph.
    let count = WireScan.maximumFields + 1
    let nodes = [UInt8](repeating: 0, count: 2 * count).enumerated().map { place, _ in
      place % 2 == 0 ? UInt8(0x0a) : 0
    }
    #expect(throws: OnnxError.tooLarge(what: "fields", limit: WireScan.maximumFields)) {
      try OnnxModel(decoding: [0x3a] + length(nodes.count) + nodes)
    }
    // Whole numbers of one byte each, inside a tensor inside a graph.
    let limit = WireScan.maximumPackedBytes
    let tensor = [0x3a] + length(limit + 1) + [UInt8](repeating: 0, count: limit + 1)
    let graph = [0x2a] + length(tensor.count) + tensor
    #expect(throws: OnnxError.tooLarge(what: "bytes of whole numbers", limit: limit)) {
      try OnnxModel(decoding: [0x3a] + length(graph.count) + graph)
    }
  }

  @Test("a network that would compute for ever is refused")
  func endless() throws {
    let chain = (0..<5000).map {
      ProtoNode("Relu", [$0 == 0 ? "image" : "a\($0 - 1)"], [$0 == 4999 ? "result" : "a\($0)"])
    }
    #expect(throws: OnnxError.self) { try OnnxModel(decoding: ProtoModel(chain).bytes()) }
    let doubling = (0..<64).map {
      ProtoNode(
        "Add", [String](repeating: $0 == 0 ? "c" : "c\($0 - 1)", count: 2), ["c\($0)"])
    }
    let one = ProtoTensor.integers("c", [1])
    #expect(throws: OnnxError.self) { try OnnxModel(decoding: ProtoModel(doubling, [one]).bytes()) }
  }

  @Test("a file that is no file is refused")
  func files() {
    let folder = FileManager.default.temporaryDirectory
    #expect(throws: OnnxError.unreadableFile) { try OnnxModel(contentsOf: folder) }
    #expect(throws: OnnxError.unreadableFile) {
      try OnnxModel(contentsOf: folder.appending(path: "there-is-no-such.onnx"))
    }
  }

  // MARK: Parts

  /// A model or an ``OnnxError`` is right; anything else ends the test run.
  private func attempt(_ bytes: [UInt8], _ fixture: Fixture) {
    guard let model = try? OnnxModel(decoding: bytes, input: fixture.size) else { return }
    #expect(throws: Never.self) { try model.network.check(model.parameters) }
  }

  /// How many of the first bytes of a model describe its nodes.
  private func nodeBytes(_ bytes: [UInt8]) throws -> Int {
    var model: ProtoModel = try ProtoModel(serializedBytes: bytes)
    model.graph.initializer = []
    return try model.bytes().count
  }

  /// Does to a graph what a hostile exporter might.
  private func exchange(in graph: inout ProtoGraph, _ random: inout SplitMix64) {
    let first = Int.random(in: graph.node.indices, using: &random)
    let second = Int.random(in: graph.node.indices, using: &random)
    switch Int.random(in: 0..<7, using: &random) {
    case 0: graph.node[first].opType = graph.node[second].opType
    case 1: graph.node[first].attribute = graph.node[second].attribute
    case 2: graph.node[first].input = graph.node[second].input
    case 3: graph.node.swapAt(first, second)
    case 4:
      for index in graph.node[first].attribute.indices {
        graph.node[first].attribute[index].i = number(&random)
        graph.node[first].attribute[index].ints = [number(&random), number(&random)]
      }
    case 5:
      let tensor = Int.random(in: graph.initializer.indices, using: &random)
      graph.initializer[tensor].dims.shuffle(using: &random)
    default:
      let tensor = Int.random(in: graph.initializer.indices, using: &random)
      let integers = (0..<4).map { _ in number(&random) }
      let name = graph.initializer[tensor].name
      graph.initializer[tensor] = ProtoTensor.integers(name, integers.map { Int($0) })
    }
  }

  private func number(_ random: inout SplitMix64) -> Int64 {
    [0, 1, -1, 2, 3, 7, 1 << 31, 1 << 62, .min, .max].randomElement(using: &random) ?? 0
  }

  private func length(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = count
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}
