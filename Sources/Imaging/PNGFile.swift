import CPNG

/// Pictures as PNG files, for what leaves the program as a picture.
public enum PNGFile {
  /// Encodes 8-bit greys, row by row from the top.
  ///
  /// - Throws: ``ImagingError/outOfMemory``.
  public static func encode(
    _ greys: [UInt8], columns: Int, rows: Int
  ) throws(ImagingError) -> [UInt8] {
    precondition(greys.count == columns * rows && rows > 0, "greys are [rows, columns]")
    var count = 0
    let written = greys.withUnsafeBufferPointer {
      cpng_write($0.baseAddress, UInt32(columns), UInt32(rows), &count)
    }
    guard let written else { throw .outOfMemory }
    defer { free(written) }
    return Array(UnsafeBufferPointer(start: written, count: count))
  }
}
