public import DICOM
public import Foundation
import Glibc

extension DICOMFile {
  /// Most bytes of a file that is looked into.
  static let sizeLimit = 1 << 29

  /// Reads the file at a URL, inflating it where it is deflated.
  ///
  /// Only the header is read: pixels are skipped by their length.
  /// - Throws: ``ImagingError/unreadableFile``, ``ImagingError/fileTooLarge(megabytes:)`` or
  ///   ``ImagingError/dicom(_:)``.
  public static func read(contentsOf url: URL) throws(ImagingError) -> DICOMFile {
    let file = open(url.path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw .unreadableFile }
    defer { close(file) }
    var status = stat()
    // A pipe has no size, and whoever reads a folder or a device waits for nothing.
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .unreadableFile
    }
    guard status.st_size <= sizeLimit else { throw .fileTooLarge(megabytes: sizeLimit >> 20) }
    do throws(DICOMError) {
      return try read(size: status.st_size) {
        try Zlib.inflate($0)
      } piece: {
        piece($0, of: file)
      }
    } catch {
      throw .dicom(error)
    }
  }

  /// All bytes of the file at a URL, if they are not too many.
  static func bytes(contentsOf url: URL) throws(ImagingError) -> [UInt8] {
    let data: Data
    do {
      let handle = try FileHandle(forReadingFrom: url)
      defer { try? handle.close() }
      data = try handle.read(upToCount: sizeLimit + 1) ?? Data()
    } catch {
      throw .unreadableFile
    }
    guard data.count <= sizeLimit else { throw .fileTooLarge(megabytes: sizeLimit >> 20) }
    return [UInt8](data)
  }

  /// Bytes of an open file, fewer where it ends early.
  private static func piece(_ range: Range<Int>, of file: Int32) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
      while filled < range.count {
        let count = pread(
          file, buffer.baseAddress! + filled, range.count - filled, range.lowerBound + filled)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return }
        filled += count
      }
    }
  }
}
