/// Turns the bytes a terminal sends into keys, mouse events, pastes and replies.
///
/// Bytes may arrive cut anywhere. A cut sequence waits for its rest, so that no piece of a reply is
/// ever taken for keys; only a lone Escape is told by silence, in ``flush()``. Bytes that mean
/// nothing are dropped.
public struct InputDecoder: Sendable {
  /// Whether the terminal may still owe us answers.
  ///
  /// While it does, `ESC ]`, `ESC P`, `ESC _` and `ESC [` followed by silence wait for their rest.
  /// Afterwards they are Alt and a character, like any other.
  public var expectsReplies = true

  /// A paste is cut here; what follows is dropped up to its end.
  static let longestPaste = 1 << 20
  /// A reply longer than this is nonsense; it is swallowed, not kept.
  static let longestReply = 1 << 12

  private enum State {
    case ground
    case escape
    /// `ESC O`
    case singleShift
    /// `ESC [` and what came after it.
    case control
    /// `ESC [ M`: the three bytes of an old mouse report follow.
    case oldMouse
    /// Inside `OSC`, `DCS`, `APC`, `PM` or `SOS`, told by its first byte.
    case string(UInt8)
    /// An ESC within a string: its end if `\` follows.
    case stringEscape(UInt8)
    case paste
    /// In the middle of a UTF-8 scalar; so many bytes are still to come.
    case scalar(missing: Int, isAlt: Bool)
  }

  private var state = State.ground
  private var buffer: [UInt8] = []
  private var inputs: [Input] = []

  public init() {}

  /// Whether silence of 25 ms would mean something; then call ``flush()``.
  public var isWaiting: Bool {
    switch state {
    case .escape, .singleShift: true
    case .control, .string: buffer.isEmpty && !expectsReplies
    case .stringEscape: !expectsReplies
    default: false
    }
  }

  /// Takes bytes as they come and answers what they complete.
  public mutating func feed(_ bytes: [UInt8]) -> [Input] {
    for byte in bytes { take(byte) }
    defer { inputs = [] }
    return inputs
  }

  /// Tells that nothing followed for 25 ms: a lone ESC was the Escape key.
  public mutating func flush() -> [Input] {
    switch state {
    case .escape,
      .stringEscape where isWaiting:
      emit(.escape)
      state = .ground
    case .singleShift:
      emit(.alt("O"))
      state = .ground
    case .control where isWaiting:
      emit(.alt("["))
      state = .ground
    case .string(let introducer) where isWaiting:
      emit(.alt(Character(Unicode.Scalar(introducer))))
      state = .ground
    default: break
    }
    defer { inputs = [] }
    return inputs
  }

  private mutating func emit(_ key: Key) { inputs.append(.key(key)) }

  private mutating func take(_ byte: UInt8) {
    switch state {
    case .ground: ground(byte, isAlt: false)
    case .escape: escape(byte)
    case .singleShift:
      state = .ground
      if let key = KeySequences.singleShift(byte) {
        emit(key)
      } else if byte < 0x20 {
        take(byte)
      }
    case .control: control(byte)
    case .oldMouse:
      buffer.append(byte)
      guard buffer.count == 3 else { return }
      state = .ground
      if let event = MouseEvent(old: buffer) { inputs.append(.mouse(event)) }
    case .string(let introducer): string(byte, introducer)
    case .stringEscape(let introducer):
      if byte == UInt8(ascii: "\\") {
        endString(introducer)
      } else {
        // The string was never ended: what starts here is something new.
        state = .escape
        take(byte)
      }
    case .paste: paste(byte)
    case .scalar(let missing, let isAlt): scalar(byte, missing: missing, isAlt: isAlt)
    }
  }

  private mutating func ground(_ byte: UInt8, isAlt: Bool) {
    state = .ground
    switch byte {
    case 0x1b: state = .escape
    case 0x20..<0x7f:
      let character = Character(Unicode.Scalar(byte))
      emit(isAlt ? .alt(character) : .character(character))
    case 0..<0x20, 0x7f:
      if isAlt, byte == 0x0d || byte == 0x7f {
        emit(.alt(Character(Unicode.Scalar(byte))))
      } else {
        if isAlt { emit(.escape) }
        emit(KeySequences.control(byte))
      }
    case 0xc2..<0xf5:
      buffer = [byte]
      state = .scalar(missing: byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3, isAlt: isAlt)
    default: break
    }
  }

  private mutating func escape(_ byte: UInt8) {
    buffer = []
    switch byte {
    case 0x1b:
      emit(.escape)
    case UInt8(ascii: "["): state = .control
    case UInt8(ascii: "O"): state = .singleShift
    case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "^"),
      UInt8(ascii: "X"):
      state = .string(byte)
    default: ground(byte, isAlt: true)
    }
  }

  private mutating func control(_ byte: UInt8) {
    switch byte {
    case 0x20..<0x40:
      if buffer.count < Self.longestReply { buffer.append(byte) }
    case 0x40..<0x7f:
      // The Linux console sends F1 to F5 as `ESC [ [ A`.
      if byte == UInt8(ascii: "["), buffer.isEmpty {
        buffer.append(byte)
        return
      }
      state = .ground
      finishControl(byte)
    default:
      // A control or a high byte cannot be part of it: it was cut off, and this is new.
      state = .ground
      take(byte)
    }
  }

  private mutating func finishControl(_ final: UInt8) {
    if final == UInt8(ascii: "M"), buffer.isEmpty {
      state = .oldMouse
      return
    }
    let sequence = ControlSequence(body: buffer, final: final)
    if final == UInt8(ascii: "~"), sequence.numbers.first == 200, sequence.prefix == nil {
      buffer = []
      state = .paste
    } else if let input = sequence.input {
      inputs.append(input)
    }
  }

  private mutating func string(_ byte: UInt8, _ introducer: UInt8) {
    switch byte {
    case 0x07: endString(introducer)
    case 0x1b: state = .stringEscape(introducer)
    case 0..<0x20:
      // No reply holds a control, so it was cut off: do not swallow the reader's keys.
      state = .ground
      take(byte)
    default:
      if buffer.count < Self.longestReply { buffer.append(byte) }
    }
  }

  private mutating func endString(_ introducer: UInt8) {
    state = .ground
    inputs.append(.reply(CapabilityReply(introducer: introducer, body: buffer)))
  }

  private mutating func paste(_ byte: UInt8) {
    buffer.append(byte)
    guard byte == UInt8(ascii: "~"), buffer.suffix(6) == Self.pasteEnd else {
      if buffer.count > Self.longestPaste + 6 {
        // Keep the last bytes, which may be the beginning of the end.
        buffer.remove(at: Self.longestPaste)
      }
      return
    }
    state = .ground
    let text = String(decoding: buffer.dropLast(6).prefix(Self.longestPaste), as: UTF8.self)
    inputs.append(.paste(text.withLineFeeds))
  }

  private static let pasteEnd: ArraySlice<UInt8> = Array("\u{1b}[201~".utf8)[...]

  private mutating func scalar(_ byte: UInt8, missing: Int, isAlt: Bool) {
    guard (0x80..<0xc0).contains(byte) else {
      // The scalar was cut off; the byte is the start of something else.
      state = .ground
      take(byte)
      return
    }
    buffer.append(byte)
    guard missing == 1 else {
      state = .scalar(missing: missing - 1, isAlt: isAlt)
      return
    }
    state = .ground
    guard let text = String(validating: buffer, as: UTF8.self), let character = text.first,
      let scalar = text.unicodeScalars.first, scalar.value >= 0xa0
    else { return }
    emit(isAlt ? .alt(character) : .character(character))
  }
}

extension String {
  /// The text with CR and CR LF turned into LF.
  fileprivate var withLineFeeds: String {
    String(map { $0 == "\r\n" || $0 == "\r" ? "\n" : $0 })
  }
}
