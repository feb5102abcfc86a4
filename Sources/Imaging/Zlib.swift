import CPNG
import DICOM

/// Undoes raw deflate (RFC 1951) with zlib.
enum Zlib {
  /// Most bytes a deflated data set may become.
  static let limit = 1 << 29

  /// The inflated bytes; what follows the end of the stream is left out.
  static func inflate(_ bytes: ArraySlice<UInt8>, limit: Int = limit) throws(DICOMError) -> [UInt8]
  {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, size) == Z_OK else { throw .badDeflate }
    defer { inflateEnd(&stream) }
    var result: [UInt8] = []
    // Most images deflate to a half or third.
    result.reserveCapacity(min(bytes.count * 4, limit))
    // zlib reads from the slice, so every step happens while it is pinned.
    let isWhole = bytes.withUnsafeBufferPointer { input in
      stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      stream.avail_in = UInt32(clamping: input.count)
      return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1 << 16) { output in
        while result.count <= limit {
          stream.next_out = output.baseAddress
          stream.avail_out = UInt32(output.count)
          let status = CPNG.inflate(&stream, Z_NO_FLUSH)
          result.append(contentsOf: output[..<(output.count - Int(stream.avail_out))])
          if status == Z_STREAM_END { return true }
          guard status == Z_OK else { return false }
        }
        return false
      }
    }
    guard isWhole else { throw .badDeflate }
    return result
  }
}
