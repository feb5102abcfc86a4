import Engine
import Testing

@testable import OnnxImport

@Suite("What depends on no image is computed while a model is read")
struct ConstantTests {
  @Test("ranges may count from the end and run backwards")
  func slices() throws {
    let data = Tensor([6], integers: [0, 1, 2, 3, 4, 5])
    for (start, end, step, expected) in [
      (1, 4, 1, [1, 2, 3]), (-2, Int.max, 1, [4, 5]), (0, 6, 2, [0, 2, 4]),
      (-1, Int.min, -1, [5, 4, 3, 2, 1, 0]), (4, 1, -2, [4, 2]), (5, 5, 1, []), (9, 0, -3, [5, 2]),
      (Int.min, -5, 1, [0]),
    ] {
      let result = try computed(
        ProtoNode("Slice", ["data", "start", "end", "axes", "step"]),
        [
          "data": data, "start": one(start), "end": one(end), "axes": one(0), "step": one(step),
        ])
      #expect(result.integers == expected, "\(start) to \(end) by \(step)")
    }
  }

  @Test("numbers are gathered, moved, joined and counted as they lie in memory")
  func moves() throws {
    let data = Tensor.counting([2, 3])
    #expect(
      try computed(ProtoNode("Transpose", ["data"]), ["data": data])
        == Tensor([3, 2], floats: [1, 4, 2, 5, 3, 6]))
    #expect(
      try computed(
        ProtoNode("Gather", ["data", "places"], ["result"], ["axis": .integer(1)]),
        ["data": data, "places": Tensor([2], integers: [-1, 0])])
        == Tensor([2, 2], floats: [3, 1, 6, 4]))
    #expect(
      try computed(
        ProtoNode("Concat", ["data", "data"], ["result"], ["axis": .integer(-1)]), ["data": data])
        == Tensor([2, 6], floats: [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6]))
    #expect(
      try computed(
        ProtoNode("Shape", ["data"], ["result"], ["start": .integer(-1)]), ["data": data])
        == Tensor([1], integers: [3]))
    #expect(
      try computed(
        ProtoNode("Reshape", ["data", "extents"]),
        ["data": data, "extents": Tensor([2], integers: [0, -1])]) == data)
  }

  @Test("arithmetic stretches extents of 1 and refuses what does not fit in a number")
  func arithmetic() throws {
    let column = Tensor([2, 1], integers: [10, 20])
    let row = Tensor([3], integers: [1, 2, -3])
    func result(_ type: String, _ a: Tensor, _ b: Tensor) throws -> Tensor {
      try computed(ProtoNode(type, ["a", "b"]), ["a": a, "b": b])
    }
    #expect(
      try result("Add", column, row) == Tensor([2, 3], integers: [11, 12, 7, 21, 22, 17]))
    #expect(try result("Div", column, row).integers == [10, 5, -3, 20, 10, -6])
    #expect(throws: OnnxError.self) { try result("Div", column, one(0)) }
    #expect(throws: OnnxError.self) { try result("Mul", one(Int.max), one(2)) }
    #expect(throws: OnnxError.self) { try result("Div", one(Int.min), one(-1)) }
    #expect(throws: OnnxError.self) { try result("Add", row, Tensor([2], integers: [1, 2])) }
  }

  @Test("a cast goes towards zero and refuses what is no number")
  func casts() throws {
    func cast(_ value: Float, to kind: Tensor.Kind) throws -> Tensor {
      try computed(
        ProtoNode("Cast", ["x"], ["result"], ["to": .integer(Int(kind.rawValue))]),
        ["x": Tensor([], floats: [value])])
    }
    #expect(try cast(-2.7, to: .int64).integers == [-2])
    #expect(try cast(3, to: .bool).integers == [1])
    for value in [Float.nan, .infinity, 1e30] {
      #expect(throws: OnnxError.self) { try cast(value, to: .int64) }
    }
  }

  // MARK: Parts

  private func one(_ integer: Int) -> Tensor { Tensor([1], integers: [integer]) }

  /// What one node makes of constants.
  private func computed(_ proto: ProtoNode, _ constants: [String: Tensor]) throws -> Tensor {
    let graph = Graph(
      input: "image", inputDims: [1, 1, 1, 1], constants: constants, nodes: [], output: "",
      opset: 17)
    var lowering = Lowering(graph, .init(channels: 1, height: 1, width: 1))
    guard case .constant(let tensor) = try lowering.value(of: GraphReader.node(proto)) else {
      Issue.record("it is no constant")
      return Tensor([0], floats: [])
    }
    return tensor
  }
}
