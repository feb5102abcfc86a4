public import DICOM
public import Foundation

extension DICOMFile {
  /// Most bytes of a file that is read into memory.
  static let sizeLimit = 1 << 29

  /// Reads the file at a URL, inflating it where it is deflated.
  ///
  /// - Throws: ``ImagingError/unreadableFile``, ``ImagingError/fileTooLarge(megabytes:)`` or
  ///   ``ImagingError/dicom(_:)``.
  public static func read(contentsOf url: URL) throws(ImagingError) -> DICOMFile {
    let data: Data
    do {
      let handle = try FileHandle(forReadingFrom: url)
      defer { try? handle.close() }
      data = try handle.read(upToCount: sizeLimit + 1) ?? Data()
    } catch {
      throw .unreadableFile
    }
    guard data.count <= sizeLimit else { throw .fileTooLarge(megabytes: sizeLimit >> 20) }
    do throws(DICOMError) {
      return try read(data) { try Zlib.inflate($0) }
    } catch {
      throw .dicom(error)
    }
  }
}
