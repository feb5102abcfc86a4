extension DICOMFile {
  /// The bytes of a Part 10 file in explicit VR little endian.
  ///
  /// Preamble, meta information with its group length and this program's implementation UID come
  /// first; sequences and items have stated lengths. Text beyond ASCII gets its character set named.
  /// Source: PS3.10 7.1.
  /// - Throws: ``DICOMError/missing(_:)`` without SOP Class and Instance UID, and
  ///   ``DICOMError/unsupportedTransferSyntax`` for pixels that are still in another file.
  public func write() throws(DICOMError) -> [UInt8] {
    guard let sopClass = dataSet.uid(.sopClassUID) else { throw .missing(.sopClassUID) }
    guard let instance = dataSet.uid(.sopInstanceUID) else { throw .missing(.sopInstanceUID) }
    var meta = DataSet()
    try meta.set(.fileMetaInformationVersion, .OB, bytes: [0, 1])
    try meta.set(.mediaStorageSOPClassUID, sopClass)
    try meta.set(.mediaStorageSOPInstanceUID, instance)
    try meta.set(.transferSyntaxUID, TransferSyntax.explicitLittleEndian.uid)
    try meta.set(.implementationClassUID, UID.implementation)
    try meta.set(.implementationVersionName, UID.implementationVersion)
    let body = try encoded(meta, in: .utf8)
    var length = DataSet()
    try length.set(.fileMetaInformationGroupLength, integers: [body.count])
    let start = [UInt8](repeating: 0, count: 128) + Array("DICM".utf8)
    return start + (try encoded(length, in: .utf8)) + body + (try encoded(dataSet, in: .ascii))
  }

  /// The elements of a data set; `context` is the character set a reader would assume.
  private func encoded(
    _ dataSet: DataSet, in context: SpecificCharacterSet
  ) throws(DICOMError) -> [UInt8] {
    var dataSet = dataSet
    var context = context
    if dataSet.contains(.specificCharacterSet) {
      context = dataSet.characterSet
    } else if dataSet.characterSet != context, dataSet.hasTextBeyondASCII(in: context) {
      try dataSet.set(.specificCharacterSet, dataSet.characterSet.terms)
      context = dataSet.characterSet
    }
    var bytes: [UInt8] = []
    for element in dataSet.elements {
      let value: [UInt8]
      switch element.value {
      case .bytes(let own): value = own
      case .pixels: throw .unsupportedTransferSyntax
      case .sequence(let items):
        var all: [UInt8] = []
        for item in items {
          let content = try encoded(item, in: context)
          all += number(0xfffe, 2) + number(0xe000, 2) + number(content.count, 4) + content
        }
        value = all
      }
      bytes += try header(element, length: value.count) + value
    }
    return bytes
  }

  private func header(_ element: DataSet.Element, length: Int) throws(DICOMError) -> [UInt8] {
    let limit = element.vr.hasLongLength ? 0xffff_fffe : 0xffff
    guard length <= limit else { throw .valueTooLong(element.tag, limit: limit) }
    let name = number(Int(element.tag.group), 2) + number(Int(element.tag.element), 2)
    let vr = Array(element.vr.rawValue.utf8)
    return name + vr + (element.vr.hasLongLength ? [0, 0] + number(length, 4) : number(length, 2))
  }

  private func number(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}

extension DataSet {
  /// Whether text in here, or in items that would inherit from here, needs a character set named.
  fileprivate func hasTextBeyondASCII(in context: SpecificCharacterSet) -> Bool {
    elements.contains { element in
      switch element.value {
      case .bytes(let bytes): element.vr.usesCharacterSet && bytes.contains { $0 >= 0x80 }
      case .sequence(let items):
        items.contains { $0.characterSet == characterSet && $0.hasTextBeyondASCII(in: context) }
      case .pixels: false
      }
    }
  }
}
