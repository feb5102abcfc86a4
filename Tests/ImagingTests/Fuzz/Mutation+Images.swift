import TestSupport

/// Changes to what makes an image: its numbers, its pieces, its compressed frames and its words.
extension Mutation {
  mutating func changeTransferSyntax(_ anatomy: Anatomy, _ random: inout Seeded) {
    guard let element = anatomy.elements.first(where: { $0.is(2, 0x10) }) else { return }
    let tails = [
      "", ".1", ".1.99", ".2", ".4.50", ".4.51", ".4.57", ".4.70", ".4.80", ".4.81", ".4.90",
      ".4.91", ".4.201", ".4.100", ".5", ".8.1", ".77",
    ]
    var uid = Array(("1.2.840.10008.1.2" + one(of: tails, &random)).utf8)
    if uid.count % 2 == 1 { uid.append(0) }
    overwrite(element.length.lowerBound, [UInt8(uid.count), 0])
    substitute(element.value, uid)
  }

  /// Rows, columns, bits, samples, sign, planes and frames, and the colours.
  mutating func changeImage(_ anatomy: Anatomy, _ random: inout Seeded) {
    let numbers = [0x02, 0x06, 0x10, 0x11, 0x100, 0x101, 0x102, 0x103, 0x120, 0x1101]
    let image = anatomy.elements.filter {
      $0.group == 0x28 && (numbers.contains($0.number) || $0.number == 4 || $0.number == 8)
    }
    guard let element = image.randomElement(using: &random) else { return }
    switch element.number {
    case 4:
      let colours = [
        "MONOCHROME1 ", "MONOCHROME2 ", "PALETTE COLOR ", "RGB ", "YBR_FULL", "YBR_FULL_422",
        "YBR_RCT ", "YBR_ICT ", "HSV ", "", "MONOCHROME2MONOCHROME2",
      ]
      replace(anatomy, element, with: Array(one(of: colours, &random).utf8))
    case 8:
      let counts = ["0 ", "1 ", "2 ", "3 ", "16", "-1", "2147483647", "4294967297", "1e3 ", ""]
      replace(anatomy, element, with: Array(one(of: counts, &random).utf8))
    default:
      let old = anatomy.number(element.value)
      let choices = [
        0, 1, 2, 3, 4, 7, 8, 12, 15, 16, 24, 31, 32, 64, 255, 256, 4_096, 16_384, 0x7fff, 0x8000,
        0xffff, old &+ 1, old &- 1, old &* 2, old / 2,
      ]
      let value = anatomy.written(one(of: choices, &random), element.value.count)
      overwrite(element.value.lowerBound, value)
    }
  }

  /// Drops, doubles, swaps or cuts compressed pieces.
  mutating func changeFragments(_ anatomy: Anatomy, _ random: inout Seeded) {
    guard let piece = anatomy.fragments.randomElement(using: &random),
      let other = anatomy.fragments.randomElement(using: &random)
    else { return flipPixels(anatomy, &random) }
    let whole = piece.lowerBound - 8..<piece.upperBound
    switch Int.random(in: 0..<4, using: &random) {
    case 0: substitute(whole, [])
    case 1: substitute(whole, Array(bytes[whole] + bytes[whole]))
    case 2:
      substitute(whole, Array(bytes[other.lowerBound - 8..<other.upperBound]))
    default:
      let half = piece.lowerBound + piece.count / 4 * 2
      let rest = piece.upperBound - half
      let start = anatomy.written(0xfffe, 2) + anatomy.written(0xe000, 2)
      substitute(half..<half, start + anatomy.written(rest, 4))
      overwrite(piece.lowerBound - 4, anatomy.written(half - piece.lowerBound, 4))
    }
  }

  /// Changes the beginning of a compressed frame, where it says what it is.
  mutating func changeCodestream(_ anatomy: Anatomy, _ random: inout Seeded) {
    guard let piece = anatomy.fragments.randomElement(using: &random), !piece.isEmpty else {
      return flipPixels(anatomy, &random)
    }
    // Frame headers, tables and sizes follow a marker.
    let head = piece.prefix(700)
    let markers = head.filter { bytes[$0] == 0xff && $0 + 16 < piece.upperBound }
    let start = markers.randomElement(using: &random) ?? piece.lowerBound
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = min(start + Int.random(in: 1...15, using: &random), piece.upperBound - 1)
      let values: [UInt8] = [0, 1, 2, 3, 7, 8, 9, 12, 16, 17, 32, 0x7f, 0x80, 0xfe, 0xff]
      overwrite(place, [one(of: values, &random)])
    }
  }

  /// Texts with escapes, and alphabets that do not fit them.
  mutating func changeText(_ anatomy: Anatomy, _ random: inout Seeded) {
    let terms = [
      "ISO_IR 6", "ISO_IR 13", "ISO_IR 100", "ISO_IR 144", "ISO_IR 192", "GB18030", "GBK",
      "ISO 2022 IR 6", "ISO 2022 IR 13", "ISO 2022 IR 87", "ISO 2022 IR 149", "ISO 2022 IR 159",
      "\\ISO 2022 IR 58", "ISO-IR 100", "\\\\", "",
    ]
    if let element = anatomy.elements.first(where: { $0.is(8, 5) }), Bool.random(using: &random) {
      let stated = one(of: terms, &random) + "\\" + one(of: terms, &random)
      let padding = stated.utf8.count % 2 == 0 ? "" : " "
      return replace(anatomy, element, with: Array((stated + padding).utf8))
    }
    let texts = anatomy.elements.filter {
      $0.vr.map { "LO LT PN SH ST UC UT CS UI DS IS".contains(letters(at: $0)) } ?? false
    }
    guard let element = texts.randomElement(using: &random) else { return }
    let pieces: [[UInt8]] = [
      [0x1b, 0x24, 0x42], [0x1b, 0x28, 0x42], [0x1b, 0x24, 0x29, 0x43], [0x1b, 0x5b, 0x32, 0x4a],
      [0x1b], [0x5c], [0x3d], [0x5e], [0xff, 0xfe], [0xc3], [0xe5, 0xb1, 0xb1], [0x81], [0],
      Array("1e999".utf8), Array("-0x1p3".utf8), Array("9999999999999999999".utf8),
    ]
    var value = Array(bytes[element.value])
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      value.insert(
        contentsOf: one(of: pieces, &random),
        at: Int.random(in: 0...value.count, using: &random))
    }
    replace(anatomy, element, with: value.count % 2 == 0 ? value : value + [0x20])
  }

  private mutating func flipPixels(_ anatomy: Anatomy, _ random: inout Seeded) {
    guard let pixels = anatomy.elements.first(where: { $0.is(0x7fe0, 0x10) })?.value,
      let place = pixels.randomElement(using: &random)
    else { return }
    overwrite(place, [UInt8.random(in: 0...255, using: &random)])
  }

  private func letters(at place: Int) -> String {
    String(decoding: bytes[place..<place + 2], as: UTF8.self)
  }
}
