import Synchronization
import TestSupport
import Testing

@testable import DICOM

/// A header is read without the pixels, and says the same as the whole file.
@Suite(.enabled(if: SharedFiles.hasDICOM, "needs the shared DICOM files"))
struct PiecewiseReadingTests {
  @Test("a file read piece by piece is the file read at once, or refused for the same reason")
  func same() throws {
    for row in try SharedFiles.index() {
      let bytes = try SharedFiles.bytes(row)
      let whole = Result { () throws(DICOMError) in try DICOMFile.read(bytes) }
      let pieces = Result { () throws(DICOMError) in
        try DICOMFile.read(size: bytes.count) { Array(bytes[$0]) }
      }
      #expect(whole == pieces, "\(row["file"] ?? "")")
    }
  }

  @Test("pixels are skipped by their length")
  func skipping() throws {
    let row = try #require(try SharedFiles.index().first { $0["file"] == "03-1a1985.dcm" })
    let bytes = try SharedFiles.bytes(row)
    let read = Mutex(0)
    let file = try DICOMFile.read(size: bytes.count) { range in
      read.withLock { $0 += range.count }
      return Array(bytes[range])
    }
    #expect(file.pixels?.length == 512 * 512 * 2)
    #expect(read.withLock { $0 } < 20_000)
  }

  @Test("a file that cannot be read on is cut off there")
  func unreadable() throws {
    let row = try #require(try SharedFiles.index().first { $0["file"] == "03-1a1985.dcm" })
    let bytes = try SharedFiles.bytes(row)
    #expect(throws: DICOMError.truncated(at: 0)) {
      try DICOMFile.read(size: bytes.count) { _ in nil }
    }
    #expect(throws: DICOMError.truncated(at: 0)) {
      try DICOMFile.read(size: bytes.count) { Array(bytes[$0].dropLast()) }
    }
  }
}
