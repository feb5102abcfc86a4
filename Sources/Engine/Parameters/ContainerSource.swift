/// Foreign bytes, taken one piece after another; nobody passes their end.
protocol ContainerSource {
  /// Bytes that are still to be taken.
  var left: Int { get }

  /// Takes as many bytes as there is room for; that many are left.
  mutating func take(into room: UnsafeMutableRawBufferPointer) throws(EngineError)
}

extension ContainerSource {
  private func check(_ count: Int) throws(EngineError) {
    guard count <= left else { throw .damagedParameters(problem: "they end too early") }
  }

  mutating func bytes(_ count: Int) throws(EngineError) -> [UInt8] {
    try check(count)
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBufferPointer { room throws(EngineError) in
      try take(into: UnsafeMutableRawBufferPointer(room))
    }
    return bytes
  }

  mutating func number<Number: FixedWidthInteger>(
    _: Number.Type
  ) throws(EngineError) -> Number {
    try bytes(Number.bitWidth / 8).reversed().reduce(0) { $0 << 8 | Number($1) }
  }

  /// The next array, with no more values than that.
  mutating func entry(valuesLeft: Int) throws(EngineError) -> Parameters.Entry {
    let length = try number(UInt16.self)
    let name = String(decoding: try bytes(Int(length)), as: UTF8.self)
    guard Parameters.Entry.isName(name) else {
      throw .damagedParameters(problem: "an entry has no proper name")
    }
    let rank = try Int(number(UInt8.self))
    guard (1...Parameters.maximumRank).contains(rank) else {
      throw .damagedParameters(problem: "entry \(name) has \(rank) extents")
    }
    var shape: [Int] = []
    var count = 1
    for _ in 0..<rank {
      let extent = try Int(number(UInt32.self))
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard extent > 0, !overflow, product <= valuesLeft else {
        throw .damagedParameters(problem: "entry \(name) has an impossible size")
      }
      shape.append(extent)
      count = product
    }
    try check(count * MemoryLayout<Float>.stride)
    var entry = try Parameters.Entry(name: name, shape: shape) { room throws(EngineError) in
      try take(into: room)
    }
    if UInt32(1).littleEndian != 1 {
      entry.values = entry.values.map { Float(bitPattern: UInt32(littleEndian: $0.bitPattern)) }
    }
    guard entry.values.isFinite else {
      throw .damagedParameters(problem: "entry \(name) holds a value that is not a number")
    }
    return entry
  }
}

/// Bytes in memory.
struct ContainerBytes: ContainerSource {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var left: Int { bytes.count - position }

  mutating func take(into room: UnsafeMutableRawBufferPointer) {
    precondition(room.count <= left, "no more than there is")
    bytes.withUnsafeBytes {
      room.copyMemory(from: .init(rebasing: $0[position..<position + room.count]))
    }
    position += room.count
  }
}
