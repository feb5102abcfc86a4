/// Text that changes alphabets on the way by escape sequences.
///
/// G0 is what bytes below 0x80 mean, G1 what the others mean.
/// Source: PS3.5 6.1.2.4 and 6.1.2.5, ISO/IEC 2022.
struct CodeExtensions {
  let base: Alphabet

  private enum Low { case ascii, jisX0208, jisX0212 }

  func decode(_ bytes: [UInt8]) -> String {
    var text = ""
    var low = Low.ascii
    var high = base
    var run: [UInt8] = []
    func flush() {
      text += show(run, low: low, high: high)
      run = []
    }
    var index = 0
    while index < bytes.count {
      if bytes[index] == 0x1b {
        flush()
        let count = apply(bytes[(index + 1)...].prefix(3), low: &low, high: &high)
        // Nobody knows in what alphabet the rest is.
        if count == 0 { text += "\u{fffd}" }
        index += 1 + count
        continue
      }
      // A new line or a new value starts with the data set's first alphabet again.
      if [0x0a, 0x0c, 0x0d].contains(bytes[index]) || (bytes[index] == 0x5c && low == .ascii) {
        flush()
        (low, high) = (.ascii, base)
      }
      run.append(bytes[index])
      index += 1
    }
    flush()
    return text
  }

  /// Follows one escape sequence and says how many bytes it had after ESC; 0 if unknown.
  private func apply(_ rest: ArraySlice<UInt8>, low: inout Low, high: inout Alphabet) -> Int {
    let codes = rest.map { Character(Unicode.Scalar($0)) }
    switch String(codes.prefix(2)) {
    case "(B", "(J": low = .ascii
    case "$B", "$@": low = .jisX0208
    case ")I": high = .shiftJIS
    case "-A": high = Alphabet(term: "ISO_IR 100") ?? high
    case "-B": high = Alphabet(term: "ISO_IR 101") ?? high
    case "-C": high = Alphabet(term: "ISO_IR 109") ?? high
    case "-D": high = Alphabet(term: "ISO_IR 110") ?? high
    case "-F": high = Alphabet(term: "ISO_IR 126") ?? high
    case "-G": high = Alphabet(term: "ISO_IR 127") ?? high
    case "-H": high = Alphabet(term: "ISO_IR 138") ?? high
    case "-L": high = Alphabet(term: "ISO_IR 144") ?? high
    case "-M": high = Alphabet(term: "ISO_IR 148") ?? high
    case "-T": high = Alphabet(term: "ISO_IR 166") ?? high
    case "-b": high = Alphabet(term: "ISO_IR 203") ?? high
    default:
      switch String(codes) {
      case "$(D": low = .jisX0212
      case "$)C": high = .korean
      case "$)A": high = .chinese
      default: return 0
      }
      return 3
    }
    return 2
  }

  private func show(_ run: [UInt8], low: Low, high: Alphabet) -> String {
    guard low != .ascii else { return high.decode(run) }
    var text = ""
    for start in stride(from: 0, to: run.count, by: 2) {
      guard run[start] > 0x20 else {
        text += Alphabet.ascii.decode(Array(run[start..<min(start + 2, run.count)]))
        continue
      }
      let isWhole = start + 1 < run.count && low == .jisX0208
      text += isWhole ? jisX0208(run[start], run[start + 1]) : "\u{fffd}"
    }
    return text
  }

  /// One kanji, by way of Shift JIS, which orders the same table differently.
  private func jisX0208(_ row: UInt8, _ cell: UInt8) -> String {
    guard (0x21...0x7e).contains(row), (0x21...0x7e).contains(cell) else { return "\u{fffd}" }
    var lead = (row - 0x21) / 2 + 0x81
    if lead > 0x9f { lead += 0x40 }
    let trail = row % 2 == 0 ? cell + 0x7e : cell + (cell < 0x60 ? 0x1f : 0x20)
    return Alphabet.shiftJIS.decode([lead, trail])
  }
}
