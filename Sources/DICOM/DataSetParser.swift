/// Reads data elements from bytes that may lie about everything.
///
/// Each length is checked against the bytes that are there before anything is reserved or copied;
/// depth and number of elements are limited. Source: PS3.5 7.1, 7.5, A.4 and Annex F.
struct DataSetParser {
  /// Deepest nesting of sequences; real reports stay below 20.
  static let depthLimit = 48
  /// Most elements in one file, items included.
  static let elementLimit = 1_000_000

  private let bytes: [UInt8]
  private(set) var position: Int
  private var isExplicit: Bool
  private let isBigEndian: Bool
  private var elementCount = 0

  init(_ bytes: [UInt8], at position: Int, isExplicit: Bool, isBigEndian: Bool) {
    self.bytes = bytes
    self.position = position
    self.isExplicit = isExplicit
    self.isBigEndian = isBigEndian
  }

  /// The file meta information: elements of group 2 up to the first of another group.
  mutating func metaInformation() throws(DICOMError) -> DataSet {
    var meta = DataSet(characterSet: .ascii)
    while position + 8 <= bytes.count, peekTag().group == 2 {
      meta.addIfNew(try element(in: bytes.count, depth: 0, characterSet: .ascii))
    }
    return meta
  }

  /// The elements up to `end`, which is the end of the file or of an item of known length.
  mutating func dataSet(
    upTo end: Int, isOpenEnded: Bool = false, depth: Int = 0,
    characterSet inherited: SpecificCharacterSet = .ascii
  ) throws(DICOMError) -> DataSet {
    guard depth <= Self.depthLimit else { throw .tooDeep(limit: Self.depthLimit) }
    var result = DataSet(characterSet: inherited)
    while position < end {
      if end - position < 8 {
        // Some writers pad the file; fewer bytes than an element are no element.
        guard depth == 0, bytes[position..<end].allSatisfy({ $0 == 0 }) else {
          throw .truncated(at: position)
        }
        position = end
        break
      }
      let tag = peekTag()
      if tag == .itemEnd, isOpenEnded {
        position += 8
        return result
      }
      guard tag.group != 0xfffe else { throw .unexpectedDelimiter(at: position) }
      let element = try element(in: end, depth: depth, characterSet: result.characterSet)
      result.addIfNew(element)
      if tag == .specificCharacterSet {
        result.characterSet = SpecificCharacterSet(terms: result.strings(tag))
      }
      // What follows cut off pixels is their rest.
      if case .pixels(let pixels) = element.value, pixels.isTruncated { position = end }
    }
    guard !isOpenEnded else { throw .truncated(at: position) }
    return result
  }

  private mutating func element(
    in end: Int, depth: Int, characterSet: SpecificCharacterSet
  ) throws(DICOMError) -> DataSet.Element {
    elementCount += 1
    guard elementCount <= Self.elementLimit else {
      throw .tooManyElements(limit: Self.elementLimit)
    }
    let tag = try readTag(end)
    let vr = isExplicit ? try readVR(of: tag, end) : VR.implied(by: tag)
    let length = try readLength(of: vr, end)
    if tag == .pixelData || tag == .floatPixelData || tag == .doubleFloatPixelData, depth == 0 {
      let pixels = length.map { plainPixels($0, end) } ?? encapsulatedPixels(end)
      return DataSet.Element(tag: tag, vr: vr, value: .pixels(pixels))
    }
    if vr == .SQ || length == nil {
      guard vr == .SQ || vr == .UN else { throw .badLength(tag) }
      let items = try sequence(
        length: length, end, isImplicit: vr == .UN, depth: depth, characterSet: characterSet)
      return DataSet.Element(tag: tag, vr: .SQ, value: .sequence(items))
    }
    guard let length, length <= end - position else { throw .truncated(at: position) }
    let value = Array(bytes[position..<position + length])
    position += length
    return DataSet.Element(tag: tag, vr: vr, value: .bytes(littleEndian(value, vr)))
  }

  /// The items of a sequence that fills all bytes.
  mutating func items(_ characterSet: SpecificCharacterSet) throws(DICOMError) -> [DataSet] {
    try sequence(
      length: bytes.count - position, bytes.count, isImplicit: !isExplicit, depth: 0,
      characterSet: characterSet)
  }

  /// The items of a sequence; of undefined length if `length` is nil.
  ///
  /// UN with undefined length is a sequence in implicit VR whatever the file is (PS3.5 6.2.2 note).
  private mutating func sequence(
    length: Int?, _ end: Int, isImplicit: Bool, depth: Int, characterSet: SpecificCharacterSet
  ) throws(DICOMError) -> [DataSet] {
    let wasExplicit = isExplicit
    if isImplicit { isExplicit = false }
    defer { isExplicit = wasExplicit }
    guard length ?? 0 <= end - position else { throw .truncated(at: position) }
    let last = length.map { position + $0 } ?? end
    var items: [DataSet] = []
    while position < last {
      let start = position
      let tag = try readTag(last)
      let itemLength = try readLength32(last)
      if tag == .sequenceEnd, length == nil { return items }
      guard tag == .item else { throw .unexpectedDelimiter(at: start) }
      guard itemLength ?? 0 <= last - position else { throw .truncated(at: position) }
      let itemEnd = itemLength.map { position + $0 } ?? last
      items.append(
        try dataSet(
          upTo: itemEnd, isOpenEnded: itemLength == nil, depth: depth + 1,
          characterSet: characterSet))
    }
    guard length != nil else { throw .truncated(at: position) }
    return items
  }

  private mutating func plainPixels(_ length: Int, _ end: Int) -> PixelReference {
    let start = position
    let isTruncated = length > end - start
    position = isTruncated ? end : start + length
    return PixelReference(offset: start, length: length, isTruncated: isTruncated)
  }

  /// The fragments of PS3.5 A.4; the first item, the offset table, is left out.
  private mutating func encapsulatedPixels(_ end: Int) -> PixelReference {
    let start = position
    var fragments: [Range<Int>] = []
    var isFirst = true
    while let tag = try? readTag(end), let length = try? readLength32(end) {
      if tag == .sequenceEnd {
        return PixelReference(offset: start, length: position - start, fragments: fragments)
      }
      guard tag == .item, length <= end - position else { break }
      if !isFirst { fragments.append(position..<position + length) }
      isFirst = false
      position += length
    }
    return PixelReference(
      offset: start, length: position - start, fragments: fragments, isTruncated: true)
  }

  // MARK: Numbers

  private func peekTag() -> Tag {
    Tag(UInt16(number(at: position, 2)), UInt16(number(at: position + 2, 2)))
  }

  private mutating func readTag(_ end: Int) throws(DICOMError) -> Tag {
    guard end - position >= 4 else { throw .truncated(at: position) }
    defer { position += 4 }
    return peekTag()
  }

  private mutating func readVR(of tag: Tag, _ end: Int) throws(DICOMError) -> VR {
    guard end - position >= 2 else { throw .truncated(at: position) }
    defer { position += 2 }
    if let vr = VR(bytes[position], bytes[position + 1]) { return vr }
    // Some devices write "??" or blanks for a short value they did not know; our dictionary may.
    let implied = VR.implied(by: tag)
    let isBlank = [0x20, 0x3f].contains(bytes[position]) && bytes[position] == bytes[position + 1]
    guard isBlank, !implied.hasLongLength else { throw .unknownVR(tag) }
    return implied
  }

  /// The length of a value; nil if undefined.
  private mutating func readLength(of vr: VR, _ end: Int) throws(DICOMError) -> Int? {
    guard isExplicit else { return try readLength32(end) }
    guard vr.hasLongLength else {
      guard end - position >= 2 else { throw .truncated(at: position) }
      defer { position += 2 }
      return number(at: position, 2)
    }
    guard end - position >= 6 else { throw .truncated(at: position) }
    position += 2
    return try readLength32(end)
  }

  private mutating func readLength32(_ end: Int) throws(DICOMError) -> Int? {
    guard end - position >= 4 else { throw .truncated(at: position) }
    defer { position += 4 }
    let length = number(at: position, 4)
    return length == 0xffff_ffff ? nil : length
  }

  private func number(at start: Int, _ count: Int) -> Int {
    var result = 0
    for index in 0..<count {
      let byte = Int(bytes[start + (isBigEndian ? index : count - 1 - index)])
      result = result << 8 | byte
    }
    return result
  }

  private func littleEndian(_ value: [UInt8], _ vr: VR) -> [UInt8] {
    let size = vr.wordSize
    guard isBigEndian, size > 1, value.count % size == 0 else { return value }
    return value.indices.map { index in
      let start = index / size * size
      return value[start + size - 1 - (index - start)]
    }
  }
}

extension VR {
  /// The VR spelled by two bytes of a file, or nil if there is none of that name.
  init?(_ first: UInt8, _ second: UInt8) {
    let isLetter: (UInt8) -> Bool = { (0x41...0x5a).contains($0) }
    guard isLetter(first), isLetter(second) else { return nil }
    self.init(rawValue: String(decoding: [first, second], as: UTF8.self))
  }
}

extension DataSet {
  /// Adds what was read; of two elements with one tag the first counts, as in DCMTK.
  fileprivate mutating func addIfNew(_ element: Element) {
    if self[element.tag] == nil { self[element.tag] = element }
  }
}
