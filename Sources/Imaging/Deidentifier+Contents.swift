public import DICOM
public import Foundation

extension Deidentifier {
  /// The file at a URL once without identity, inflated where it is deflated.
  ///
  /// - Throws: ``ImagingError/unreadableFile``, ``ImagingError/fileTooLarge(megabytes:)``, or
  ///   `DeidentificationError` with the reason why the file has to stay.
  public func output(ofContentsOf url: URL) throws -> Output {
    try output(of: DICOMFile.bytes(contentsOf: url)) { try Zlib.inflate($0) }
  }
}
