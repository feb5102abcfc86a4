extension DICOMFile {
  /// Where the data set of a Part 10 file begins, and in which transfer syntax it is written.
  ///
  /// Some tens of KiB from the file's beginning are enough: preamble and meta information are short
  /// (PS3.10 7.1). What follows is the same however often the object was sent and by whom; only
  /// meta information changes on the way.
  /// - Returns: nil for what has no meta information, or more than the prefix holds of it.
  public static func body(
    ofFileBeginning prefix: [UInt8]
  ) -> (offset: Int, transferSyntax: TransferSyntax)? {
    guard prefix.count >= 132, prefix[128..<132].elementsEqual("DICM".utf8) else { return nil }
    var parser = DataSetParser(prefix, at: 132, isExplicit: true, isBigEndian: false)
    guard let meta = try? parser.metaInformation(), parser.position + 8 <= prefix.count,
      let uid = meta.string(.transferSyntaxUID)
    else { return nil }
    return (parser.position, TransferSyntax(uid: uid))
  }
}
