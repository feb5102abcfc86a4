import CPNG

/// A raster as a grey PNG, packed for speed.
///
/// libpng chooses a filter per row and searches for matches, and takes 50 ms for a pane; with one
/// filter and runs only it is 5 ms, and noisy greys come out no larger.
///
/// Source: PNG (ISO/IEC 15948), 5.3 chunk layout, 9.2 filter type Up.
enum PNGPicture {
  private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  static func encode(_ raster: GreyRaster) -> [UInt8] {
    precondition(raster.width > 0 && raster.height > 0, "a PNG has pixels")
    // Eight bits, grey, and the only methods there are; not interlaced.
    let header = word(raster.width) + word(raster.height) + [8, 0, 0, 0, 0]
    return signature + chunk("IHDR", header) + chunk("IDAT", packed(filtered(raster)))
      + chunk("IEND", [])
  }

  /// Each row as what it differs by from the row above, with the number of that filter in front.
  private static func filtered(_ raster: GreyRaster) -> [UInt8] {
    let width = raster.width
    let count = (width + 1) * raster.height
    return raster.pixels.withUnsafeBufferPointer { pixels in
      [UInt8](unsafeUninitializedCapacity: count) { rows, used in
        for y in 0..<raster.height {
          let start = y * (width + 1)
          rows[start] = 2
          for x in 0..<width {
            let above = y == 0 ? 0 : pixels[(y - 1) * width + x]
            rows[start + 1 + x] = pixels[y * width + x] &- above
          }
        }
        used = count
      }
    }
  }

  private static func packed(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    let status = deflateInit2_(
      &stream, 1, Z_DEFLATED, MAX_WBITS, MAX_MEM_LEVEL, Z_RLE, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib has the version it was built for, and memory")
    defer { deflateEnd(&stream) }
    let room = Int(deflateBound(&stream, uLong(bytes.count)))
    return bytes.withUnsafeBufferPointer { input in
      [UInt8](unsafeUninitializedCapacity: room) { output, used in
        stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.avail_in = uInt(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = uInt(room)
        let status = deflate(&stream, Z_FINISH)
        precondition(status == Z_STREAM_END, "the bound is room enough")
        used = room - Int(stream.avail_out)
      }
    }
  }

  private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + content
    return word(content.count) + body + word(Int(crc32(0, body, uInt(body.count))))
  }

  private static func word(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}
