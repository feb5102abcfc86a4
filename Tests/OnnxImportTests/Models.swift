import Foundation
import SwiftProtobuf

@testable import OnnxImport

/// Models written down for a test.
extension ProtoModel {
  /// A sound model from the value `image` to the value `result`.
  init(
    _ nodes: [ProtoNode], _ constants: [ProtoTensor] = [], input: [Int?] = [1, 2, 6, 6],
    opset: Int64 = 17
  ) {
    self.init()
    irVersion = 8
    opsetImport = [.with { $0.version = opset }]
    graph = .with { graph in
      graph.node = nodes
      graph.initializer = constants
      graph.input = [.image(input)]
      graph.output = [.with { $0.name = "result" }]
    }
  }

  func bytes() throws -> [UInt8] { try serializedBytes() }
}

extension ProtoValueInfo {
  /// The value `image`, with extents or open ones.
  static func image(_ dims: [Int?], kind: Tensor.Kind = .float) -> ProtoValueInfo {
    .with { info in
      info.name = "image"
      info.type.tensorType.elemType = kind.rawValue
      info.type.tensorType.shape.dim = dims.map { extent in
        .with { if let extent { $0.dimValue = Int64(extent) } else { $0.dimParam = "open" } }
      }
    }
  }
}

extension ProtoNode {
  /// A node named `/layer/<type>`.
  init(
    _ type: String, _ inputs: [String], _ outputs: [String] = ["result"],
    _ attributes: [String: GraphNode.Attribute] = [:]
  ) {
    self.init()
    name = "/layer/\(type)"
    opType = type
    input = inputs
    output = outputs
    attribute = attributes.sorted { $0.key < $1.key }.map { name, value in
      .with { proto in
        proto.name = name
        switch value {
        case .float(let float): (proto.type, proto.f) = (1, float)
        case .integer(let integer): (proto.type, proto.i) = (2, Int64(integer))
        case .text(let text): (proto.type, proto.s) = (3, Data(text.utf8))
        case .tensor(let tensor): (proto.type, proto.t) = (4, [ProtoTensor("", tensor)])
        case .floats(let floats): (proto.type, proto.floats) = (6, floats)
        case .integers(let integers): (proto.type, proto.ints) = (7, integers.map { Int64($0) })
        }
      }
    }
  }
}

extension ProtoTensor {
  init(_ name: String, _ tensor: Tensor) {
    self.init()
    self.name = name
    dims = tensor.dims.map { Int64($0) }
    switch tensor.numbers {
    case .floats(let floats): (dataType, floatData) = (Tensor.Kind.float.rawValue, floats)
    case .integers(let integers):
      (dataType, int64Data) = (Tensor.Kind.int64.rawValue, integers.map { Int64($0) })
    }
  }

  /// Floats that count up from 1.
  static func floats(_ name: String, _ dims: [Int]) -> ProtoTensor {
    ProtoTensor(name, .counting(dims))
  }

  static func integers(_ name: String, _ integers: [Int]) -> ProtoTensor {
    ProtoTensor(name, Tensor([integers.count], integers: integers))
  }
}

extension Tensor {
  static func counting(_ dims: [Int]) -> Tensor {
    Tensor(dims, floats: (0..<dims.reduce(1, *)).map { Float($0 + 1) })
  }
}
