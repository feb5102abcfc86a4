/// Reads data elements from bytes that may lie about everything.
///
/// Each length is checked against the bytes that are there before anything is reserved or copied;
/// depth and number of elements are limited. Source: PS3.5 7.1, 7.5, A.4 and Annex F.
struct DataSetParser {
  /// Deepest nesting of sequences; real reports stay below 20.
  static let depthLimit = 48
  /// Most elements in one file, items included.
  static let elementLimit = 1_000_000

  private var window: ByteWindow
  private(set) var position: Int
  private var isExplicit: Bool
  private let isBigEndian: Bool
  private var elementCount = 0

  init(_ bytes: [UInt8], at position: Int, isExplicit: Bool, isBigEndian: Bool) {
    self.init(ByteWindow(bytes), at: position, isExplicit: isExplicit, isBigEndian: isBigEndian)
  }

  init(_ window: ByteWindow, at position: Int, isExplicit: Bool, isBigEndian: Bool) {
    self.window = window
    self.position = position
    self.isExplicit = isExplicit
    self.isBigEndian = isBigEndian
  }

  /// A parser that goes on where this one is, in another encoding.
  func continued(isExplicit: Bool, isBigEndian: Bool) -> DataSetParser {
    DataSetParser(window, at: position, isExplicit: isExplicit, isBigEndian: isBigEndian)
  }

  /// Bytes of the whole file.
  var count: Int { window.count }

  /// The next bytes, as many as there are of these.
  mutating func upcoming(_ wanted: Int) throws(DICOMError) -> [UInt8] {
    let known = max(min(wanted, count - position), 0)
    try window.hold(known, at: position)
    return Array(window[position..<position + known])
  }

  /// Everything that is still to come.
  func rest() throws(DICOMError) -> ArraySlice<UInt8> { try window.rest(from: position) }

  /// The file meta information: elements of group 2 up to the first of another group.
  mutating func metaInformation() throws(DICOMError) -> DataSet {
    var elements: [DataSet.Element] = []
    elements.reserveCapacity(12)
    while position + 8 <= count {
      let head = try word(at: position)
      guard tag(head).group == 2 else { break }
      try readElement(head, into: &elements, in: count, depth: 0, characterSet: .ascii)
    }
    return DataSet(read: elements, characterSet: .ascii)
  }

  /// The elements up to `end`, which is the end of the file or of an item of known length.
  mutating func dataSet(
    upTo end: Int, isOpenEnded: Bool = false, depth: Int = 0,
    characterSet inherited: SpecificCharacterSet = .ascii
  ) throws(DICOMError) -> DataSet {
    guard depth <= Self.depthLimit else { throw .tooDeep(limit: Self.depthLimit) }
    var characterSet = inherited
    var ownsCharacterSet = false
    var elements: [DataSet.Element] = []
    elements.reserveCapacity(depth == 0 ? 64 : 4)
    while position < end {
      guard end - position >= 8 else {
        // Some writers pad the file; fewer bytes than an element are no element.
        guard depth == 0, try upcoming(end - position).allSatisfy({ $0 == 0 }) else {
          throw .truncated(at: position)
        }
        position = end
        break
      }
      let head = try word(at: position)
      let tag = tag(head)
      if tag == .itemEnd, isOpenEnded {
        position += 8
        return DataSet(read: elements, characterSet: characterSet)
      }
      guard tag.group != 0xfffe else { throw .unexpectedDelimiter(at: position) }
      try readElement(head, into: &elements, in: end, depth: depth, characterSet: characterSet)
      // Of two elements with one tag the first counts.
      if tag.group == 8, tag == .specificCharacterSet, !ownsCharacterSet {
        let stated = DataSet(read: Array(elements.suffix(1)), characterSet: .ascii)
        characterSet = SpecificCharacterSet(terms: stated.strings(tag))
        ownsCharacterSet = true
      }
    }
    guard !isOpenEnded else { throw .truncated(at: position) }
    return DataSet(read: elements, characterSet: characterSet)
  }

  /// Reads the element that begins here; `head` are its first eight bytes.
  private mutating func readElement(
    _ head: UInt64, into elements: inout [DataSet.Element], in end: Int, depth: Int,
    characterSet: SpecificCharacterSet
  ) throws(DICOMError) {
    try countOne()
    let tag = tag(head)
    var vr = isExplicit ? try vr(of: tag, head) : VR.implied(by: tag)
    let length = try readLength(of: vr, head, end)
    if tag.group == 0x7fe0, depth == 0,
      tag == .pixelData || tag == .floatPixelData || tag == .doubleFloatPixelData
    {
      let pixels = length.map { plainPixels($0, end) } ?? encapsulatedPixels(end)
      elements.append(DataSet.Element(tag: tag, vr: vr, value: .pixels(pixels)))
      return
    }
    if vr == .SQ || length == nil {
      guard vr == .SQ || vr == .UN else { throw .badLength(tag) }
      let items = try sequence(
        length: length, end, isImplicit: vr == .UN, depth: depth, characterSet: characterSet)
      elements.append(DataSet.Element(tag: tag, vr: .SQ, value: .sequence(items)))
      return
    }
    guard let length, length <= end - position else { throw .truncated(at: position) }
    if vr == .UN { vr = known(tag, length) }
    try window.hold(length, at: position)
    var value = Array(window[position..<position + length])
    position += length
    if isBigEndian { value = littleEndian(value, vr) }
    elements.append(DataSet.Element(tag: tag, vr: vr, value: .bytes(value)))
  }

  private mutating func countOne() throws(DICOMError) {
    elementCount += 1
    guard elementCount <= Self.elementLimit else {
      throw .tooManyElements(limit: Self.elementLimit)
    }
  }

  /// The items of a sequence that fills all bytes.
  mutating func items(_ characterSet: SpecificCharacterSet) throws(DICOMError) -> [DataSet] {
    try sequence(
      length: count - position, count, isImplicit: !isExplicit, depth: 0,
      characterSet: characterSet)
  }

  /// What an element is that its writer did not know, where the standard does and the length fits.
  ///
  /// Source: PS3.5 6.2.2; values of UN are in little endian whatever the file is.
  private func known(_ tag: Tag, _ length: Int) -> VR {
    let implied = VR.implied(by: tag)
    let fits = implied.hasLongLength || length <= 0xfffe
    guard !isBigEndian, implied != .SQ, fits, length % implied.wordSize == 0 else { return .UN }
    return implied
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
      let (tag, itemLength) = try readItem(last)
      if tag == .sequenceEnd, length == nil { return items }
      guard tag == .item else { throw .unexpectedDelimiter(at: start) }
      try countOne()
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
  ///
  /// Pieces that do not fit, or are too many, leave the pixels cut off.
  private mutating func encapsulatedPixels(_ end: Int) -> PixelReference {
    let start = position
    var fragments: [Range<Int>] = []
    var isFirst = true
    while let (tag, length) = try? readItem(end) {
      if tag == .sequenceEnd {
        return PixelReference(offset: start, length: position - start, fragments: fragments)
      }
      guard tag == .item, let length, length <= end - position,
        fragments.count < Self.elementLimit
      else { break }
      if !isFirst { fragments.append(position..<position + length) }
      isFirst = false
      position += length
    }
    let length = position - start
    // What follows cut off pixels is their rest.
    position = end
    return PixelReference(offset: start, length: length, fragments: fragments, isTruncated: true)
  }

  // MARK: Heads

  /// The eight bytes from a place on, the first one lowest.
  @inline(__always)
  private mutating func word(at place: Int) throws(DICOMError) -> UInt64 {
    try window.hold(8, at: place)
    return window.word(at: place)
  }

  /// The tag that a head begins with.
  @inline(__always)
  private func tag(_ head: UInt64) -> Tag {
    Tag(number16(head), number16(head >> 16))
  }

  private func vr(of tag: Tag, _ head: UInt64) throws(DICOMError) -> VR {
    let (first, second) = (
      UInt8(truncatingIfNeeded: head >> 32), UInt8(truncatingIfNeeded: head >> 40)
    )
    if let vr = VR(first, second) { return vr }
    // Some devices write "??" or blanks for a short value they did not know; our dictionary may.
    let implied = VR.implied(by: tag)
    let isBlank = (first == 0x20 || first == 0x3f) && first == second
    guard isBlank, !implied.hasLongLength else { throw .unknownVR(tag) }
    return implied
  }

  /// Goes behind a head; the length of its value, or nil if that is undefined.
  private mutating func readLength(
    of vr: VR, _ head: UInt64, _ end: Int
  ) throws(DICOMError) -> Int? {
    guard isExplicit, vr.hasLongLength else {
      position += 8
      return isExplicit ? Int(number16(head >> 48)) : length32(head >> 32)
    }
    guard end - position >= 12 else { throw .truncated(at: position + 6) }
    let length = length32(try word(at: position + 4) >> 32)
    position += 12
    return length
  }

  /// Goes behind the head of an item or delimiter; a length of nil is undefined.
  private mutating func readItem(_ end: Int) throws(DICOMError) -> (tag: Tag, length: Int?) {
    guard end - position >= 8 else {
      throw .truncated(at: end - position >= 4 ? position + 4 : position)
    }
    let head = try word(at: position)
    position += 8
    return (tag(head), length32(head >> 32))
  }

  /// The lowest two bytes as a number.
  @inline(__always)
  private func number16(_ word: UInt64) -> UInt16 {
    let number = UInt16(truncatingIfNeeded: word)
    return isBigEndian ? number.byteSwapped : number
  }

  /// The lowest four bytes as a length; nil if undefined.
  @inline(__always)
  private func length32(_ word: UInt64) -> Int? {
    let number = UInt32(truncatingIfNeeded: word)
    return number == 0xffff_ffff ? nil : Int(isBigEndian ? number.byteSwapped : number)
  }

  private func littleEndian(_ value: [UInt8], _ vr: VR) -> [UInt8] {
    let size = vr.wordSize
    guard size > 1, value.count % size == 0 else { return value }
    var value = value
    for start in stride(from: 0, to: value.count, by: size) {
      for index in 0..<size / 2 { value.swapAt(start + index, start + size - 1 - index) }
    }
    return value
  }
}

extension VR {
  /// The VR spelled by two bytes of a file, or nil if there is none of that name.
  init?(_ first: UInt8, _ second: UInt8) {
    guard (0x41...0x5a).contains(first), (0x41...0x5a).contains(second),
      let known = Self.byLetters[Self.place(first, second)]
    else { return nil }
    self = known
  }

  private static let byLetters: [VR?] = {
    var table = [VR?](repeating: nil, count: 26 * 26)
    for vr in allCases {
      let letters = Array(vr.rawValue.utf8)
      table[place(letters[0], letters[1])] = vr
    }
    return table
  }()

  private static func place(_ first: UInt8, _ second: UInt8) -> Int {
    (Int(first) - 0x41) * 26 + Int(second) - 0x41
  }
}
