import Engine
import Foundation
import Testing

@testable import OnnxImport

/// A network that PyTorch exported, with what ONNX Runtime makes of one image.
enum Fixture: String, CaseIterable, CustomTestStringConvertible {
  case resnet18
  case resnet18Dynamo = "resnet18-dynamo"
  case resnet50
  case densenet
  case mobilenet2
  case mobilenet3
  case mobilenet3Script = "mobilenet3-script"
  case efficientnet
  case unet
  case unetNearest = "unet-nearest"
  case unetBilinear = "unet-bilinear"
  case oddities
  case norms
  case normsDynamo = "norms-dynamo"
  case corners
  case cornersDynamo = "corners-dynamo"

  var testDescription: String { rawValue }

  /// The size to state, where the file leaves it open.
  var size: Network.Shape? {
    switch self {
    case .unet, .unetNearest: Network.Shape(channels: 3, height: 16, width: 24)
    default: nil
    }
  }

  func bytes() throws -> [UInt8] { try [UInt8](data("onnx")) }

  func model() throws -> OnnxModel { try OnnxModel(decoding: bytes(), input: size) }

  /// The image, and the result for it.
  func golden(_ network: Network) throws -> (image: [Float], result: [Float]) {
    let data = try data("golden")
    let floats = stride(from: 0, to: data.count, by: 4).map { offset in
      Float(
        bitPattern: (0..<4).reduce(0) {
          $0 | UInt32(data[data.startIndex + offset + $1]) << (8 * $1)
        })
    }
    let count = network.input.count
    try #require(floats.count == count + network.outputShape.count)
    return (Array(floats[..<count]), Array(floats[count...]))
  }

  private func data(_ kind: String) throws -> Data {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    return try Data(contentsOf: folder.appending(path: "\(rawValue).\(kind)"))
  }
}
