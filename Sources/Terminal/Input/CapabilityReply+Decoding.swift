extension CapabilityReply {
  /// The reply in a control string; `introducer` is the byte after ESC.
  init(introducer: UInt8, body: [UInt8]) {
    let text = String(decoding: body, as: UTF8.self)
    switch introducer {
    case UInt8(ascii: "]") where text.hasPrefix("11;"):
      self = Self.background(text.dropFirst(3)) ?? .unknown
    case UInt8(ascii: "P") where text.hasPrefix(">|"):
      self = .name(sanitized(String(text.dropFirst(2))))
    case UInt8(ascii: "_") where text.hasPrefix("Gi=\(Capabilities.kittyQuestion);"):
      self = .kitty(isSupported: text.hasSuffix(";OK"))
    default:
      self = .unknown
    }
  }

  /// `rgb:rr/gg/bb` with one to four hexadecimal digits each.
  ///
  /// Source: XParseColor(3).
  private static func background(_ text: Substring) -> CapabilityReply? {
    let values = text.hasPrefix("rgba:") ? text.dropFirst(5) : text.dropFirst(4)
    guard text.hasPrefix("rgb") else { return nil }
    let channels = values.split(separator: "/").prefix(3).compactMap { digits -> Double? in
      guard (1...4).contains(digits.count), let value = UInt32(digits, radix: 16) else {
        return nil
      }
      return Double(value) / Double((1 << (4 * digits.count)) - 1)
    }
    guard channels.count == 3 else { return nil }
    return .background(red: channels[0], green: channels[1], blue: channels[2])
  }
}
