import CPNG

/// Pictures as PNG files, for what leaves the program as a picture.
public enum PNGFile {
  /// Encodes 8-bit greys, row by row from the top, with a comment that says what they are.
  ///
  /// - Throws: ``ImagingError/outOfMemory``.
  public static func encode(
    _ greys: [UInt8], columns: Int, rows: Int, comment: String = ""
  ) throws(ImagingError) -> [UInt8] {
    precondition(greys.count == columns * rows && rows > 0, "greys are [rows, columns]")
    var count = 0
    let written = greys.withUnsafeBufferPointer {
      cpng_write($0.baseAddress, UInt32(columns), UInt32(rows), &count)
    }
    guard let written else { throw .outOfMemory }
    defer { free(written) }
    let bytes = Array(UnsafeBufferPointer(start: written, count: count))
    guard !comment.isEmpty else { return bytes }
    return bytes[..<headerEnd] + Self.text(comment) + bytes[headerEnd...]
  }

  /// The signature and the `IHDR` chunk; other chunks may follow.
  private static let headerEnd = 33

  /// A `tEXt` chunk with the keyword Comment; what Latin 1 lacks becomes a question mark.
  private static func text(_ comment: String) -> [UInt8] {
    let latin = comment.unicodeScalars.map { $0.value < 0x100 ? UInt8($0.value) : 0x3F }
    let content = Array("tEXtComment\0".utf8) + latin
    let check = UInt32(crc32(0, content, uInt(content.count)))
    func word(_ value: UInt32) -> [UInt8] {
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
    return word(UInt32(content.count - 4)) + content + word(check)
  }
}
