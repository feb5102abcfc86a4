extension DICOMFile {
  /// The bytes of a Part 10 file without pixels, in explicit VR little endian.
  ///
  /// - Throws: ``DICOMError/missing(_:)`` without SOP Class and Instance UID, and
  ///   ``DICOMError/unsupportedTransferSyntax`` if there are pixels, which are in another file.
  public func write() throws(DICOMError) -> [UInt8] {
    guard pixels == nil else { throw .unsupportedTransferSyntax }
    return try write(pixelsFrom: [])
  }

  /// The bytes of a Part 10 file with the pixels of the bytes that it was read from.
  ///
  /// Preamble, meta information with its group length and this program's implementation UID come
  /// first; sequences and items have stated lengths. Text beyond ASCII gets its character set named.
  /// Plain pixels are written in explicit VR little endian, whatever the file had; fragments are
  /// copied as they are, with their transfer syntax.
  /// `source` is what was parsed; for a deflated file, its inflated data set.
  /// Source: PS3.10 7.1, PS3.5 A.4.
  /// - Throws: ``DICOMError/missing(_:)`` without SOP Class and Instance UID,
  ///   ``DICOMError/truncated(at:)`` for pixels that are not all there, and
  ///   ``DICOMError/badLength(_:)`` for fragments where the transfer syntax has none.
  public func write(pixelsFrom source: [UInt8]) throws(DICOMError) -> [UInt8] {
    guard let sopClass = dataSet.uid(.sopClassUID) else { throw .missing(.sopClassUID) }
    guard let instance = dataSet.uid(.sopInstanceUID) else { throw .missing(.sopInstanceUID) }
    let writer = DataSetWriter(
      source: source, pixelSyntax: transferSyntax,
      isSigned: dataSet.integer(.pixelRepresentation) == 1,
      bitsAllocated: dataSet.integer(.bitsAllocated) ?? 0)
    let syntax = transferSyntax.isEncapsulated ? transferSyntax : .explicitLittleEndian
    var meta = DataSet()
    try meta.set(.fileMetaInformationVersion, .OB, bytes: [0, 1])
    try meta.set(.mediaStorageSOPClassUID, sopClass)
    try meta.set(.mediaStorageSOPInstanceUID, instance)
    try meta.set(.transferSyntaxUID, syntax.uid)
    try meta.set(.implementationClassUID, UID.implementation)
    try meta.set(.implementationVersionName, UID.implementationVersion)
    let body = try writer.encoded(meta, in: .utf8)
    var length = DataSet()
    try length.set(.fileMetaInformationGroupLength, integers: [body.count])
    let start = [UInt8](repeating: 0, count: 128) + Array("DICM".utf8)
    return start + (try writer.encoded(length, in: .utf8)) + body
      + (try writer.encoded(dataSet, in: .ascii))
  }
}
