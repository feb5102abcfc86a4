public import DICOM
public import Foundation

extension Deidentifier {
  /// The file at a URL once without identity, inflated where it is deflated.
  ///
  /// Pixels that are not as many as stated are refused: more of them are a picture that no viewer
  /// shows.
  /// - Throws: ``ImagingError/unreadableFile``, ``ImagingError/fileTooLarge(megabytes:)``, or
  ///   `DeidentificationError` with the reason why the file has to stay.
  public func output(ofContentsOf url: URL) throws -> Output {
    let output = try output(of: DICOMFile.bytes(contentsOf: url)) { try Zlib.inflate($0) }
    guard let file = try? DICOMFile.read(output.bytes), let module = try? PixelModule(file),
      module.matches(fragmentsOf: file, in: output.bytes)
    else { throw DeidentificationError.pixelsNotAsStated }
    return output
  }
}
