import TestSupport
import Testing

@testable import DICOM

@Suite struct CharacterSetTests {
  /// The examples of PS3.5 annexes H, I and J, and one for each single-byte set.
  static let examples: [(terms: [String], bytes: [UInt8], text: String)] = [
    (["ISO_IR 100"], Array("Buc^J".utf8) + [0xe9, 0x72], "Buc^Jér"),
    (["ISO_IR 101"], [0x57, 0x61, 0xb3], "Wał"),
    (["ISO_IR 109"], [0xa1], "Ħ"),
    (["ISO_IR 110"], [0xa1], "Ą"),
    (["ISO_IR 144"], [0xbb, 0xee, 0xda], "Люк"),
    (["ISO_IR 127"], [0xe2, 0xc8], "قب"),
    (["ISO_IR 126"], [0xc4, 0xe9], "Δι"),
    (["ISO_IR 138"], [0xf9, 0xf8], "שר"),
    (["ISO_IR 148"], [0xd0], "Ğ"),
    (["ISO_IR 203"], [0xa4], "€"),
    (["ISO_IR 166"], [0xb5, 0xc1], "ตม"),
    (["ISO_IR 13"], [0xd4, 0xcf, 0xc0, 0xde], "ﾔﾏﾀﾞ"),
    (["ISO_IR 192"], Array("Wang^小东".utf8), "Wang^小东"),
    (["GB18030"], [0xcd, 0xf5, 0x5e, 0xd0, 0xa1, 0xb6, 0xab], "王^小东"),
    (
      ["", "ISO 2022 IR 87"],
      Array("Yamada=".utf8) + [0x1b, 0x24, 0x42, 0x3b, 0x33, 0x45, 0x44, 0x1b, 0x28, 0x42, 0x5e],
      "Yamada=山田^"
    ),
    (
      ["", "ISO 2022 IR 149"],
      Array("Hong=".utf8) + [0x1b, 0x24, 0x29, 0x43, 0xfb, 0xf3, 0x5e, 0xd1, 0xce, 0xd4, 0xd7],
      "Hong=洪^吉洞"
    ),
    (
      ["ISO 2022 IR 6", "ISO 2022 IR 126"],
      Array("Dion".utf8) + [0x1b, 0x2d, 0x46, 0xc4, 0xe9], "DionΔι"
    ),
  ]

  @Test("text is decoded as its character set says", arguments: examples.indices)
  func decoding(index: Int) {
    let example = Self.examples[index]
    let set = SpecificCharacterSet(terms: example.terms)
    #expect(set.isKnown)
    #expect(set.decode(example.bytes) == example.text)
  }

  @Test("an unknown set keeps ASCII and marks what it cannot say")
  func unknown() {
    let set = SpecificCharacterSet(terms: ["ISO_IR 999"])
    #expect(!set.isKnown)
    #expect(set.decode([0x41, 0xe9, 0x42]) == "A\u{fffd}B")
  }

  @Test("an escape sequence that nobody knows, or that is cut off, is marked")
  func unknownEscape() {
    let set = SpecificCharacterSet(terms: ["", "ISO 2022 IR 87"])
    let unknown = Array("A".utf8) + [0x1b] + Array("$+Q;3".utf8)
    #expect(set.decode(unknown) == "A\u{fffd}$+Q;3")
    #expect(set.decode([0x41, 0x1b]) == "A\u{fffd}")
    #expect(set.decode([0x41, 0x1b, 0x24]) == "A\u{fffd}$")
  }

  @Test("any bytes in any set decode to something", arguments: 0..<20)
  func nonsense(seed: UInt64) {
    var random = Seeded(seed)
    for example in Self.examples {
      let bytes = (0..<200).map { _ in
        Bool.random(using: &random) ? UInt8.random(in: 0...255, using: &random) : 0x1b
      }
      _ = SpecificCharacterSet(terms: example.terms).decode(bytes)
    }
  }
}
