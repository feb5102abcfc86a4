extension MouseEvent {
  /// A report in the SGR form, `CSI < buttons ; column ; row M` or `m`.
  init?(sgr numbers: [Int], final: UInt8) {
    guard numbers.count == 3, numbers[1] > 0, numbers[2] > 0,
      final == UInt8(ascii: "M") || final == UInt8(ascii: "m")
    else { return nil }
    self.init(
      code: numbers[0], isRelease: final == UInt8(ascii: "m"), x: numbers[1] - 1,
      y: numbers[2] - 1)
  }

  /// A report in the old form: three bytes, each with 32 added.
  init?(old bytes: [UInt8]) {
    guard bytes.count == 3, bytes.allSatisfy({ $0 >= 32 }), bytes[1] > 32, bytes[2] > 32 else {
      return nil
    }
    let code = Int(bytes[0]) - 32
    self.init(
      code: code, isRelease: code & 0x43 == 3, x: Int(bytes[1]) - 33, y: Int(bytes[2]) - 33)
  }

  private init?(code: Int, isRelease: Bool, x: Int, y: Int) {
    let modifiers = Modifiers(rawValue: UInt8(code & 0x1c))
    let button: Button =
      switch code & 3 {
      case 0: .left
      case 1: .middle
      case 2: .right
      default: .none
      }
    switch code & 0xc0 {
    case 0x40:
      // 2 and 3 are a wheel that is tilted sideways.
      guard code & 3 < 2 else { return nil }
      self.init(
        kind: code & 1 == 0 ? .wheelUp : .wheelDown, button: .none, x: x, y: y,
        modifiers: modifiers)
    case 0:
      let kind: Kind = code & 0x20 != 0 ? .drag : isRelease ? .release : .press
      // Motion without a button was not asked for.
      if kind == .drag, button == .none { return nil }
      self.init(kind: kind, button: button, x: x, y: y, modifiers: modifiers)
    default: return nil
    }
  }
}
