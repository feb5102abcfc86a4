import Foundation
import SwiftProtobuf
import Testing

@testable import Engine
@testable import OnnxImport

@Suite("An inspection says what a file is, and all that stands in the way")
struct InspectionTests {
  @Test("a file that is run says who made it, what it takes and gives", arguments: Fixture.allCases)
  func runs(fixture: Fixture) throws {
    let inspection = try OnnxInspection(decoding: fixture.bytes(), input: fixture.size)
    let model = try fixture.model()
    #expect(inspection.obstacles.isEmpty)
    #expect(inspection.model?.network == model.network)
    #expect(inspection.model?.parameters == model.parameters)
    #expect(inspection.producer.hasPrefix("pytorch 2."))
    #expect(try GraphReader.opsets.contains(#require(inspection.operatorVersion)))
    #expect(GraphReader.formats.contains(Int64(inspection.format)))
    #expect(inspection.inputs.map(\.name) == ["image"])
    #expect(inspection.inputs.first?.kind == "float")
    #expect(inspection.inputs.first?.extents.count == 4)
    #expect(inspection.results.map(\.name) == ["result"])
    #expect(inspection.operators["Conv", default: 0] > 0)
  }

  private func obstacles(_ model: ProtoModel) throws -> [OnnxError] {
    let inspection = try OnnxInspection(decoding: model.bytes())
    #expect((inspection.model == nil) == !inspection.obstacles.isEmpty)
    return inspection.obstacles
  }

  @Test("every unknown operator is named, also behind another")
  func unknown() throws {
    let model = ProtoModel([
      ProtoNode("NonMaxSuppression", ["image"], ["a"]), ProtoNode("Relu", ["a"], ["b"]),
      ProtoNode("Einsum", ["b"], ["result"]),
    ])
    #expect(
      try obstacles(model) == [
        .unsupportedOperator(operator: "NonMaxSuppression", node: "/layer/NonMaxSuppression"),
        .unsupportedOperator(operator: "Einsum", node: "/layer/Einsum"),
      ])
  }

  @Test("nodes of other makers and subgraphs do not hide the rest")
  func unread() throws {
    var foreign = ProtoNode("Gelu", ["image"], ["a"])
    foreign.domain = "com.microsoft"
    var loop = ProtoNode("Loop", ["a"], ["b"])
    loop.attribute = [
      .with {
        $0.name = "body"
        $0.type = 5
      }
    ]
    let model = ProtoModel([foreign, loop, ProtoNode("Einsum", ["b"])])
    #expect(
      try obstacles(model) == [
        .unsupportedOperator(operator: "com.microsoft.Gelu", node: "/layer/Gelu"),
        .unsupportedOperator(operator: "Loop", node: "/layer/Loop"),
        .unsupportedOperator(operator: "Einsum", node: "/layer/Einsum"),
      ])
  }

  @Test("known operators used in unknown ways are all named, but not what only follows from them")
  func uses() throws {
    let model = ProtoModel([
      ProtoNode("Softmax", ["image"], ["a"], ["axis": .integer(2)]),
      ProtoNode("Softmax", ["a"], ["b"], ["axis": .integer(3)]),
      ProtoNode("LeakyRelu", ["image"], ["c"], ["alpha": .float(.nan)]),
      ProtoNode("Add", ["b", "c"]),
    ])
    let names = try obstacles(model).map { error in
      guard case .unsupportedUse(let type, _, _) = error else { return "\(error)" }
      return type
    }
    #expect(names == ["Softmax", "LeakyRelu"])
  }

  @Test("what concerns the whole model stands beside its nodes")
  func whole() throws {
    var model = ProtoModel([ProtoNode("Einsum", ["image"])])
    model.functions = [ProtoPresence()]
    #expect(
      try obstacles(model) == [
        .unsupportedFeature("functions of its own"),
        .unsupportedOperator(operator: "Einsum", node: "/layer/Einsum"),
      ])
    let open = try ProtoModel([ProtoNode("Relu", ["image"])], input: [1, 2, nil, nil]).bytes()
    let size = Network.Shape(channels: 2, height: 4, width: 4)
    guard case .unsupportedSignature = try OnnxInspection(decoding: open).obstacles.first else {
      Issue.record("an open size is an obstacle")
      return
    }
    #expect(try OnnxInspection(decoding: open, input: size).obstacles.isEmpty)
  }

  @Test("names of a hostile file cannot write to a terminal")
  func hostileNames() throws {
    var model = ProtoModel([ProtoNode("Re\u{1B}[2Jlu", ["image"])])
    model.producerName = "evil\u{1B}]0;\u{7}" + String(repeating: "x", count: 500)
    let inspection = try OnnxInspection(decoding: model.bytes())
    #expect(inspection.producer.count <= 64)
    let words = [inspection.producer] + Array(inspection.operators.keys)
    #expect(words.allSatisfy { $0.unicodeScalars.allSatisfy { (" "..."~").contains($0) } })
  }

  @Test("a damaged file is refused as the import refuses it", arguments: 0..<60 as Range<UInt64>)
  func damaged(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let fixture = Fixture.allCases.randomElement(using: &random) ?? .oddities
    var bytes = try fixture.bytes()
    if seed % 3 == 0 { bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random)) }
    for _ in 0..<3 where !bytes.isEmpty {
      bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
    }
    func refusal(_ work: () throws(OnnxError) -> [OnnxError]) -> [OnnxError] {
      do throws(OnnxError) { return try work() } catch { return [error] }
    }
    let imported = refusal { () throws(OnnxError) in
      _ = try OnnxModel(decoding: bytes, input: fixture.size)
      return []
    }
    let inspection = refusal { () throws(OnnxError) in
      try OnnxInspection(decoding: bytes, input: fixture.size).obstacles
    }
    #expect(imported.isEmpty == inspection.isEmpty)
    #expect(imported.allSatisfy(inspection.contains))
  }
}
