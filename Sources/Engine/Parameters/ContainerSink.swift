import Crypto
import Glibc

/// Where a container's bytes go, one piece after another.
protocol ContainerSink {
  mutating func put(_ bytes: UnsafeRawBufferPointer) throws(EngineError)
}

extension ContainerSink {
  mutating func put(_ bytes: [UInt8]) throws(EngineError) {
    try bytes.withUnsafeBufferPointer { bytes throws(EngineError) in
      try put(UnsafeRawBufferPointer(bytes))
    }
  }

  mutating func put(_ number: some FixedWidthInteger) throws(EngineError) {
    let number = number.littleEndian
    try put((0..<number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) })
  }

  mutating func put(_ entry: Parameters.Entry) throws(EngineError) {
    precondition(entry.shape.reduce(1, *) == entry.values.count, "values fill their shape")
    var head: [UInt8] = []
    try head.put(UInt16(entry.name.utf8.count))
    try head.put(Array(entry.name.utf8))
    try head.put(UInt8(entry.shape.count))
    for extent in entry.shape { try head.put(UInt32(extent)) }
    try put(head)
    let values =
      UInt32(1).littleEndian == 1
      ? entry.values : entry.values.map { Float(bitPattern: $0.bitPattern.littleEndian) }
    try values.withUnsafeBufferPointer { values throws(EngineError) in
      try put(UnsafeRawBufferPointer(values))
    }
  }
}

extension [UInt8]: ContainerSink {
  mutating func put(_ bytes: UnsafeRawBufferPointer) { append(contentsOf: bytes) }
}

extension SHA256: ContainerSink {
  mutating func put(_ bytes: UnsafeRawBufferPointer) { update(bufferPointer: bytes) }
}

/// A file that is written and digested on the way.
struct ContainerFile: ContainerSink {
  let file: Int32
  private var hash = SHA256()

  init(_ file: Int32) { self.file = file }

  var digest: String { Parameters.hexadecimal(hash.finalize()) }

  mutating func put(_ bytes: UnsafeRawBufferPointer) throws(EngineError) {
    hash.update(bufferPointer: bytes)
    var written = 0
    while written < bytes.count {
      let count = Glibc.write(
        file, bytes.baseAddress?.advanced(by: written), bytes.count - written)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw .file(operation: "write", code: errno) }
      written += count
    }
  }
}
