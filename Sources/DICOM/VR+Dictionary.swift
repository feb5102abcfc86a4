extension VR {
  /// The value representation an implicit-VR file leaves out; `UN` where we do not know it.
  ///
  /// Where the standard leaves a choice, US stands for SS and OW for OB: who reads them knows.
  static func implied(by tag: Tag) -> VR { Choice(of: tag)?.usual ?? .UN }

  /// The value representations an attribute may have; none for one that is not in PS3.6.
  ///
  /// Private elements are unknown but for those that reserve a block.
  static func allowed(for tag: Tag) -> [VR] { Choice(of: tag)?.all ?? [] }

  /// What the standard lets an attribute be.
  fileprivate struct Choice {
    let usual: VR
    let others: Others

    enum Others { case none, signed, bytes, words, wordsOrSigned }

    var all: [VR] {
      switch others {
      case .none: [usual]
      case .signed: [usual, .SS]
      case .bytes: [usual, .OB]
      case .words: [usual, .US]
      case .wordsOrSigned: [usual, .US, .SS]
      }
    }

    init(_ usual: VR, _ others: Others = .none) {
      self.usual = usual
      self.others = others
    }

    /// Source: PS3.6 for the table, PS3.5 7.2 for group lengths and 7.8.1 for private creators.
    init?(of tag: Tag) {
      if tag.element == 0 {
        self.init(.UL)
      } else if tag.isPrivate {
        guard (0x10...0xff).contains(tag.element) else { return nil }
        self.init(.LO)
      } else if let choice = AttributeDictionary.standard[tag]
        ?? AttributeDictionary.standard[tag.unrepeated]
      {
        self = choice
      } else {
        return nil
      }
    }

    /// The two letters of ``attributeTable``.
    init?(_ first: UInt8, _ second: UInt8) {
      switch String(decoding: [first, second], as: UTF8.self) {
      case "us": self.init(.US, .signed)
      case "ob": self.init(.OW, .bytes)
      case "uo": self.init(.OW, .words)
      case "uw": self.init(.OW, .wordsOrSigned)
      default:
        guard let vr = VR(first, second) else { return nil }
        self.init(vr)
      }
    }
  }
}

/// The attributes of PS3.6 in memory, made from the generated table when first asked for.
private struct AttributeDictionary {
  static let standard = AttributeDictionary(table: attributeTable)

  /// Group and element as one number, ascending.
  private var numbers: [UInt32] = []
  /// What the attribute at the same place may be.
  private var choices: [VR.Choice] = []

  /// - Parameter table: see ``attributeTable``.
  private init(table: String) {
    var known: [UInt16: VR.Choice] = [:]
    var (number, letters, length): (UInt32, UInt16, Int) = (0, 0, 0)
    for byte in (table + "\n").utf8 {
      switch (byte, length) {
      case (0x20, 0), (0x0a, 0): continue
      case (0x20, _), (0x0a, _):
        let (first, second) = (UInt8(letters >> 8), UInt8(letters & 0xff))
        guard length == 10, numbers.last ?? 0 < number,
          let choice = known[letters] ?? VR.Choice(first, second)
        else { preconditionFailure("entries are eight hex digits and a VR, and they ascend") }
        known[letters] = choice
        numbers.append(number)
        choices.append(choice)
        (number, letters, length) = (0, 0, 0)
        continue
      case (_, 0..<8): number = number << 4 | UInt32(byte < 0x3a ? byte - 0x30 : byte - 0x57)
      default: letters = letters << 8 | UInt16(byte)
      }
      length += 1
    }
  }

  subscript(tag: Tag) -> VR.Choice? {
    let number = UInt32(tag.group) << 16 | UInt32(tag.element)
    var (low, high) = (0, numbers.count)
    while low < high {
      let middle = (low + high) / 2
      if numbers[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low < numbers.count && numbers[low] == number ? choices[low] : nil
  }
}

extension Tag {
  /// The tag under which the dictionary lists all elements of a repeating group.
  ///
  /// Source: PS3.5 7.6.
  fileprivate var unrepeated: Tag {
    switch (group, element) {
    case (0x5000...0x50ff, _): Tag(0x5000, element)
    case (0x6000...0x60ff, _): Tag(0x6000, element)
    case (0x7f00...0x7fff, _): Tag(0x7f00, element)
    case (0x0020, 0x3100...0x31ff): Tag(0x0020, 0x3100)
    default: self
    }
  }
}
