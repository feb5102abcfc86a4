/// The keys behind single bytes and behind `ESC O`.
enum KeySequences {
  /// The key of a byte below 0x20 or of 0x7f.
  static func control(_ byte: UInt8) -> Key {
    switch byte {
    case 0x00: .control(" ")
    case 0x08, 0x7f: .backspace
    case 0x09: .tab
    case 0x0a, 0x0d: .enter
    case 0x01...0x1a: .control(Character(Unicode.Scalar(byte + 0x60)))
    case 0x1b: .escape
    default: .control(Character(Unicode.Scalar(byte + 0x40)))
    }
  }

  /// The key of `ESC O` and a byte: cursor and keypad in application mode.
  static func singleShift(_ byte: UInt8) -> Key? {
    switch byte {
    case UInt8(ascii: "P")...UInt8(ascii: "S"): .function(Int(byte) - 0x4f)
    case UInt8(ascii: "M"): .enter
    case UInt8(ascii: "j")...UInt8(ascii: "y"): .character(Character(Unicode.Scalar(byte - 0x40)))
    default: cursor(byte)
    }
  }

  /// The key that the final byte of a cursor sequence names.
  static func cursor(_ byte: UInt8) -> Key? {
    switch byte {
    case UInt8(ascii: "A"): .up
    case UInt8(ascii: "B"): .down
    case UInt8(ascii: "C"): .right
    case UInt8(ascii: "D"): .left
    case UInt8(ascii: "H"): .home
    case UInt8(ascii: "F"): .end
    default: nil
    }
  }

  /// The key of `CSI number ~`, as the VT220 numbered them.
  static func numbered(_ number: Int) -> Key? {
    switch number {
    case 1, 7: .home
    case 3: .delete
    case 4, 8: .end
    case 5: .pageUp
    case 6: .pageDown
    case 11...15: .function(number - 10)
    case 17...21: .function(number - 11)
    case 23...24: .function(number - 12)
    default: nil
    }
  }

  /// The key of a code point with modifiers, as in `CSI code ; modifiers u`.
  static func coded(_ code: Int, modifiers: Int) -> Key? {
    guard let scalar = UInt32(exactly: code).flatMap(Unicode.Scalar.init) else { return nil }
    let flags = max(0, modifiers - 1)
    switch code {
    case 9 where flags & 1 != 0: return .backTab
    case 9, 13, 27, 127: return control(UInt8(code))
    case 0x20..<0x7f where flags & 4 != 0:
      return .control(Character(String(Character(scalar)).lowercased()))
    case 0x20..<0x7f, 0xa0...:
      return flags & 2 != 0 ? .alt(Character(scalar)) : .character(Character(scalar))
    default: return nil
    }
  }
}
