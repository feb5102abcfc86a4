/// A complete `CSI` sequence.
///
/// Source: ECMA-48 5.4 and XTerm Control Sequences.
struct ControlSequence {
  /// `?`, `>`, `<` or `=` in front of the numbers.
  let prefix: UInt8?
  /// The parameters; a missing one is 0.
  let numbers: [Int]
  /// The bytes between the numbers and the final byte.
  let intermediates: [UInt8]
  let final: UInt8

  init(body: [UInt8], final: UInt8) {
    self.final = final
    var body = body[...]
    prefix = body.first.flatMap { (0x3c...0x3f).contains($0) ? $0 : nil }
    if prefix != nil { body.removeFirst() }
    intermediates = body.filter { $0 < 0x30 || $0 > 0x3b }
    numbers = body.filter { (0x30...0x3b).contains($0) }
      .split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
      .map { digits in
        // A colon starts sub-parameters, which nothing here needs.
        digits.prefix { $0 != UInt8(ascii: ":") }.reduce(0) { value, digit in
          min(value * 10 + Int(digit) - 0x30, 1_000_000)
        }
      }
  }

  private func number(_ index: Int) -> Int { index < numbers.count ? numbers[index] : 0 }

  /// What the sequence means; nothing if it is not known.
  var input: Input? {
    switch prefix {
    case nil: plain
    case UInt8(ascii: "<"): MouseEvent(sgr: numbers, final: final).map(Input.mouse)
    case UInt8(ascii: "?"): .reply(privateReply)
    default: .reply(.unknown)
    }
  }

  private var plain: Input? {
    switch final {
    case UInt8(ascii: "~"):
      if number(0) == 27 {
        return KeySequences.coded(number(2), modifiers: number(1)).map(Input.key)
      }
      return KeySequences.numbered(number(0)).map(Input.key)
    case UInt8(ascii: "A")...UInt8(ascii: "E") where intermediates == [UInt8(ascii: "[")]:
      return .key(.function(Int(final) - 0x40))
    case UInt8(ascii: "P")...UInt8(ascii: "S") where number(0) <= 1:
      return .key(.function(Int(final) - 0x4f))
    case UInt8(ascii: "Z"):
      return .key(.backTab)
    case UInt8(ascii: "u"):
      return KeySequences.coded(number(0), modifiers: number(1)).map(Input.key)
    case UInt8(ascii: "t"):
      guard number(0) == 6 else { return .reply(.unknown) }
      return .reply(.cellPixels(width: number(2), height: number(1)))
    case UInt8(ascii: "R"), UInt8(ascii: "c"), UInt8(ascii: "n"), UInt8(ascii: "y"):
      return .reply(.unknown)
    default:
      return KeySequences.cursor(final).map(Input.key)
    }
  }

  private var privateReply: CapabilityReply {
    switch final {
    case UInt8(ascii: "c"):
      .attributes(numbers)
    case UInt8(ascii: "S"):
      .graphics(item: number(0), status: number(1), values: Array(numbers.dropFirst(2)))
    case UInt8(ascii: "y") where intermediates == [UInt8(ascii: "$")]:
      .mode(number(0), state: number(1))
    default: .unknown
    }
  }
}
