import CPNG

/// Raw deflate (RFC 1951) by zlib, of bytes some of which are rarer than others and which repeat
/// nothing: it gives each a code as long as it is rare, and looks for no repetitions.
enum RawDeflate {
  static func pack(_ bytes: [UInt8]) -> [UInt8] {
    var stream = unsafe z_stream()
    let status = unsafe deflateInit2_(
      &stream, 1, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL, Z_HUFFMAN_ONLY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib has the version it was built for, and memory")
    defer { unsafe deflateEnd(&stream) }
    let room = Int(unsafe deflateBound(&stream, uLong(bytes.count)))
    return unsafe bytes.withUnsafeBufferPointer { input in
      unsafe [UInt8](unsafeUninitializedCapacity: room) { output, used in
        unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        unsafe stream.avail_in = uInt(input.count)
        unsafe stream.next_out = output.baseAddress
        unsafe stream.avail_out = uInt(room)
        let status = unsafe deflate(&stream, Z_FINISH)
        precondition(status == Z_STREAM_END, "the bound is room enough")
        used = unsafe room - Int(stream.avail_out)
      }
    }
  }

  /// The bytes that were packed, if they are exactly so many and nothing follows them; none else.
  ///
  /// Whatever somebody else packed, no more memory is taken than that.
  static func unpack(_ bytes: [UInt8], to count: Int) -> [UInt8]? {
    var stream = unsafe z_stream()
    let status = unsafe inflateInit2_(
      &stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { return nil }
    defer { unsafe inflateEnd(&stream) }
    var isWhole = false
    let result = unsafe bytes.withUnsafeBufferPointer { input in
      unsafe [UInt8](unsafeUninitializedCapacity: count) { output, used in
        unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        unsafe stream.avail_in = uInt(input.count)
        unsafe stream.next_out = output.baseAddress
        unsafe stream.avail_out = uInt(count)
        let status = unsafe inflate(&stream, Z_FINISH)
        used = unsafe count - Int(stream.avail_out)
        isWhole = unsafe status == Z_STREAM_END && stream.avail_in == 0 && used == count
      }
    }
    return isWhole ? result : nil
  }

  /// The most that ``pack(_:)`` makes of so many bytes: what cannot be packed is stored.
  static func longest(of count: Int) -> Int { count + count / 512 + 1_024 }
}
