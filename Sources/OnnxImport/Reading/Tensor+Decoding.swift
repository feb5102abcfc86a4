import Foundation

extension Tensor {
  /// The kinds of number that are read, by ONNX's `TensorProto.DataType`.
  enum Kind: Int32 {
    case float = 1
    case int32 = 6
    case int64 = 7
    case bool = 9
    case double = 11
  }

  /// Takes a tensor whose numbers are all there; its extents are never believed without them.
  ///
  /// - Throws: ``OnnxError/unsupportedFeature(_:)`` for numbers in other files or of other kinds
  ///   than ``Kind``, ``OnnxError/damaged(problem:)`` where extents and numbers differ.
  init(decoding proto: ProtoTensor, name: String) throws(OnnxError) {
    guard proto.externalData.isEmpty, proto.dataLocation == 0 else {
      throw .unsupportedFeature("numbers outside the file (tensor \(name.shown))")
    }
    guard !proto.hasSegment else {
      throw .unsupportedFeature("a tensor in segments (\(name.shown))")
    }
    guard let kind = Kind(rawValue: proto.dataType) else {
      throw .unsupportedFeature("numbers of kind \(proto.dataType) (tensor \(name.shown))")
    }
    let dims = proto.dims.map { Int($0) }
    guard let count = Self.count(of: dims) else {
      throw .damaged(problem: "tensor \(name.shown) has impossible extents")
    }
    let numbers = proto.hasRawData ? Self.numbers(proto.rawData, kind) : Self.numbers(proto, kind)
    switch numbers {
    case .floats(let floats) where floats.count == count: self.init(dims, floats: floats)
    case .integers(let integers) where integers.count == count:
      self.init(dims, integers: integers)
    default: throw .damaged(problem: "tensor \(name.shown) has more or fewer numbers than it says")
    }
  }

  private static func numbers(_ proto: ProtoTensor, _ kind: Kind) -> Numbers {
    switch kind {
    case .float: .floats(proto.floatData)
    case .double: .floats(proto.doubleData.map { Float($0) })
    case .int32, .bool: .integers(proto.int32Data.map { Int($0) })
    case .int64: .integers(proto.int64Data.map { Int($0) })
    }
  }

  private static func numbers(_ raw: Data, _ kind: Kind) -> Numbers? {
    switch kind {
    case .float: whole(raw) { Float(bitPattern: $0) }.map { .floats($0) }
    case .double: whole(raw) { Float(Double(bitPattern: $0)) }.map { .floats($0) }
    case .int32: whole(raw) { Int($0 as Int32) }.map { .integers($0) }
    case .int64: whole(raw) { Int($0 as Int64) }.map { .integers($0) }
    case .bool: whole(raw) { Int($0 as UInt8) }.map { .integers($0) }
    }
  }

  /// Little-endian numbers side by side; nil where the last one is cut.
  private static func whole<Raw: FixedWidthInteger, Number>(
    _ raw: Data, _ convert: (Raw) -> Number
  ) -> [Number]? {
    let size = MemoryLayout<Raw>.size
    guard raw.count % size == 0 else { return nil }
    return unsafe raw.withUnsafeBytes { bytes in
      (0..<raw.count / size).map {
        let number = unsafe bytes.loadUnaligned(fromByteOffset: $0 * size, as: Raw.self)
        return convert(Raw(littleEndian: number))
      }
    }
  }
}
