/// Where the parts of a DICOM file are, for tests that change them.
///
/// A reader of its own, so that a mistake of the parser under test hides nothing from its test. What
/// cannot be made out is left out.
struct Anatomy {
  struct Element {
    let group: Int
    let number: Int
    let start: Int
    /// Where the two letters of its VR are; nil in implicit files and for items.
    let vr: Int?
    /// The bytes of its length.
    let length: Range<Int>
    /// Empty for sequences, items and delimiters: what is inside are elements of their own.
    let value: Range<Int>

    func `is`(_ group: Int, _ number: Int) -> Bool { self.group == group && self.number == number }
  }

  private(set) var elements: [Element] = []
  /// Pieces of compressed pixels, without the offset table.
  private(set) var fragments: [Range<Int>] = []
  private(set) var isBigEndian = false
  private(set) var isExplicit = true

  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    let hasPreamble = bytes.count > 132 && bytes[128..<132].elementsEqual("DICM".utf8)
    var place = hasPreamble ? 132 : 0
    while let element = element(at: place), element.group == 2 {
      elements.append(element)
      place = element.value.upperBound
    }
    adopt(elements.first { $0.is(2, 0x10) }.map { bytes[$0.value] } ?? [])
    walk(from: place)
  }

  private mutating func adopt(_ transferSyntax: ArraySlice<UInt8>) {
    let uid = String(decoding: transferSyntax, as: UTF8.self).filter { $0 != "\0" }
    isExplicit = uid != "1.2.840.10008.1.2"
    isBigEndian = uid == "1.2.840.10008.1.2.2"
  }

  private mutating func walk(from start: Int) {
    var place = start
    var isInPixels = false
    while var element = element(at: place) {
      if isInPixels, element.is(0xfffe, 0xe000) {
        let end = min(element.value.lowerBound + number(element.length), bytes.count)
        element = Element(
          group: element.group, number: element.number, start: element.start, vr: nil,
          length: element.length, value: element.value.lowerBound..<end)
        fragments.append(element.value)
      }
      if element.is(0x7fe0, 0x10), number(element.length) == 0xffff_ffff { isInPixels = true }
      if element.is(0xfffe, 0xe0dd) { isInPixels = false }
      elements.append(element)
      place = element.value.upperBound
    }
    fragments = Array(fragments.dropFirst())
  }

  private func element(at start: Int) -> Element? {
    guard start + 8 <= bytes.count else { return nil }
    let isMeta = bytes[start] == 2 && bytes[start + 1] == 0
    let group = number(start..<start + 2), element = number(start + 2..<start + 4)
    let hasVR = (isExplicit || isMeta) && group != 0xfffe
    let vr = String(decoding: bytes[start + 4..<start + 6], as: UTF8.self)
    let isLong = "OB OD OF OL OV OW SQ SV UC UN UR UT UV".contains(vr)
    var length = start + 4..<start + 8
    if hasVR { length = isLong ? start + 8..<start + 12 : start + 6..<start + 8 }
    guard length.upperBound <= bytes.count else { return nil }
    let stated = number(length)
    let isOpen = group == 0xfffe || stated == 0xffff_ffff || hasVR && vr == "SQ"
    let end = isOpen ? length.upperBound : length.upperBound + stated
    guard end <= bytes.count else { return nil }
    return Element(
      group: group, number: element, start: start, vr: hasVR ? start + 4 : nil, length: length,
      value: length.upperBound..<end)
  }

  /// The number that these bytes stand for.
  func number(_ place: Range<Int>) -> Int {
    let isBig = isBigEndian && !(place.lowerBound < (elements.last { $0.group == 2 }?.start ?? 0))
    let digits = isBig ? Array(bytes[place]) : bytes[place].reversed()
    return digits.reduce(0) { $0 << 8 | Int($1) }
  }

  /// A number in so many bytes, in the order of the file.
  func written(_ number: Int, _ count: Int) -> [UInt8] {
    let little = (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    return isBigEndian ? little.reversed() : little
  }
}
