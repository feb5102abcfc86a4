/// Turns data sets into bytes in explicit VR little endian, pixels taken from where they were.
///
/// Source: PS3.5 7.1.2, 7.5 and A.4.
struct DataSetWriter {
  /// What the data set was read from.
  let source: [UInt8]
  /// How pixels are encoded in ``source``.
  let pixelSyntax: TransferSyntax
  /// Whether the pixels have a sign, and with them what is `US or SS`.
  let isSigned: Bool
  let bitsAllocated: Int

  /// The elements of a data set; `context` is the character set a reader would assume.
  func encoded(
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
      switch element.value {
      case .bytes(let own): bytes += try header(element, length: own.count) + own
      case .pixels(let pixels): bytes += try encoded(pixels, of: element)
      case .sequence(let items):
        var all: [UInt8] = []
        for item in items {
          let content = try encoded(item, in: context)
          all += number(0xfffe, 2) + number(0xe000, 2) + number(content.count, 4) + content
        }
        bytes += try header(element, length: all.count) + all
      }
    }
    return bytes
  }

  private func encoded(
    _ pixels: PixelReference, of element: DataSet.Element
  ) throws(DICOMError) -> [UInt8] {
    let end = pixels.offset + pixels.length
    guard !pixels.isTruncated, end <= source.count else { throw .truncated(at: source.count) }
    guard (pixels.fragments != nil) == pixelSyntax.isEncapsulated else {
      throw .badLength(element.tag)
    }
    let value = source[pixels.offset..<end]
    if pixelSyntax.isEncapsulated {
      // The value runs from the offset table to the delimiter, both included.
      let fragments = DataSet.Element(tag: element.tag, vr: .OB, value: element.value)
      return try header(fragments, length: 0xffff_fffe).dropLast(4) + number(0xffff_ffff, 4) + value
    }
    let padding = [UInt8](repeating: 0, count: pixels.length % 2)
    return try header(element, length: pixels.length + padding.count)
      + (pixelSyntax.isBigEndian ? swapped(value, wordSize(of: element)) : Array(value)) + padding
  }

  /// Bytes of one pixel's word: those of OW may be wider than 16 bits.
  private func wordSize(of element: DataSet.Element) -> Int {
    element.vr == .OW && [32, 64].contains(bitsAllocated) ? bitsAllocated / 8 : element.vr.wordSize
  }

  private func swapped(_ value: ArraySlice<UInt8>, _ size: Int) -> [UInt8] {
    let whole = value.count / size * size
    var result = Array(value)
    for start in stride(from: 0, to: whole, by: size) where size > 1 {
      result[start..<start + size].reverse()
    }
    return result
  }

  private func header(_ element: DataSet.Element, length: Int) throws(DICOMError) -> [UInt8] {
    let vr = vr(of: element)
    let limit = vr.hasLongLength ? 0xffff_fffe : 0xffff
    guard length <= limit else { throw .valueTooLong(element.tag, limit: limit) }
    let name = number(Int(element.tag.group), 2) + number(Int(element.tag.element), 2)
    return name + Array(vr.rawValue.utf8)
      + (vr.hasLongLength ? [0, 0] + number(length, 4) : number(length, 2))
  }

  /// What an implicit file left out and its reader took for US may have a sign.
  private func vr(of element: DataSet.Element) -> VR {
    guard isSigned, !pixelSyntax.hasExplicitVR, element.vr == .US else { return element.vr }
    return VR.allowed(for: element.tag).contains(.SS) ? .SS : .US
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
