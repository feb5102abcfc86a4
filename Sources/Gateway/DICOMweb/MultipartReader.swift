/// Takes a `multipart/related` body apart while it arrives, without holding a part in memory.
///
/// Nothing is believed: headers have a limit, a boundary followed by something else is refused, and
/// a body that ends before its closing boundary is an error and no short answer.
/// Source: RFC 2046 5.1.1, RFC 2387, PS3.18 8.7.3.
struct MultipartReader {
  /// What a body is made of, in the order of its bytes.
  enum Piece: Equatable {
    /// A part begins; its header fields by name in lower case.
    case begin([String: String])
    case content([UInt8])
    case end
  }

  /// Most bytes of all header fields of one part.
  static let headerLimit = 8 << 10
  /// Most bytes before the first boundary, which nobody needs.
  static let preambleLimit = 64 << 10

  private enum State { case preamble, afterBoundary, headers, firstContent, content, closed }

  private let delimiter: [UInt8]
  private var state = State.preamble
  private var passedOver = 0
  /// What has arrived and is not told apart yet.
  ///
  /// A body may begin with its boundary, and every boundary with the end of a line: one is put here.
  private var waiting = lineEnd

  /// A reader for bodies with this boundary.
  ///
  /// - Throws: ``MultipartError/badBoundary`` unless it is 1 to 70 of the characters of RFC 2046.
  init(boundary: String) throws(MultipartError) {
    guard (1...70).contains(boundary.utf8.count), boundary.last != " ",
      boundary.utf8.allSatisfy({ $0.isBoundaryCharacter })
    else { throw .badBoundary }
    delimiter = lineEnd + hyphens + Array(boundary.utf8)
  }

  /// Takes the next bytes; gives every piece they complete, content as far as it is certain.
  mutating func take(_ bytes: some Sequence<UInt8>) throws(MultipartError) -> [Piece] {
    waiting += bytes
    var pieces: [Piece] = []
    while try step(&pieces) {}
    return pieces
  }

  /// Says that nothing more will come.
  ///
  /// - Throws: ``MultipartError/truncated`` unless the closing boundary was there.
  func finish() throws(MultipartError) {
    guard state == .closed else { throw .truncated }
  }

  /// Goes from one state to the next; false if that needs more bytes.
  private mutating func step(_ pieces: inout [Piece]) throws(MultipartError) -> Bool {
    switch state {
    case .preamble: return try preamble()
    case .afterBoundary: return try afterBoundary()
    case .headers: return try headers(&pieces)
    case .firstContent:
      // A part without content ends where its empty line does.
      guard waiting.count >= delimiter.count else { return false }
      if !waiting.starts(with: delimiter) { waiting.removeFirst(lineEnd.count) }
      state = .content
    case .content: return content(&pieces)
    case .closed:
      waiting = []
      return false
    }
    return true
  }

  private mutating func preamble() throws(MultipartError) -> Bool {
    guard let start = waiting.position(of: delimiter) else {
      let safe = max(0, waiting.count - delimiter.count)
      passedOver += safe
      guard passedOver <= Self.preambleLimit else { throw .noBoundary }
      waiting.removeFirst(safe)
      return false
    }
    waiting.removeFirst(start + delimiter.count)
    state = .afterBoundary
    return true
  }

  /// Two hyphens close the body; spaces and the end of the line begin a part.
  private mutating func afterBoundary() throws(MultipartError) -> Bool {
    guard waiting.count >= 2 else { return false }
    if waiting.starts(with: hyphens) {
      state = .closed
      return true
    }
    waiting.removeFirst(waiting.prefix { $0 == 0x20 || $0 == 0x09 }.count)
    guard waiting.count >= 2 else { return false }
    guard waiting.starts(with: lineEnd) else { throw .badBoundaryLine }
    // The line's end stays: a second one after it is the empty line of a part without fields.
    state = .headers
    return true
  }

  private mutating func headers(_ pieces: inout [Piece]) throws(MultipartError) -> Bool {
    let end = waiting.position(of: lineEnd + lineEnd)
    guard end ?? waiting.count <= Self.headerLimit else {
      throw .headerTooLong(limit: Self.headerLimit)
    }
    guard let end else { return false }
    pieces.append(.begin(try Self.fields(waiting[..<end])))
    waiting.removeFirst(end + lineEnd.count)
    state = .firstContent
    return true
  }

  private mutating func content(_ pieces: inout [Piece]) -> Bool {
    let end = waiting.position(of: delimiter)
    // Without a boundary, the last bytes may be the beginning of one.
    let certain = end ?? max(0, waiting.count - delimiter.count + 1)
    if certain > 0 { pieces.append(.content(Array(waiting[..<certain]))) }
    waiting.removeFirst(certain + (end == nil ? 0 : delimiter.count))
    guard end != nil else { return false }
    pieces.append(.end)
    state = .afterBoundary
    return true
  }

  /// Header fields of one part; a line that goes on in the next one is refused.
  private static func fields(
    _ bytes: ArraySlice<UInt8>
  ) throws(MultipartError) -> [String: String] {
    var fields: [String: String] = [:]
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\r\n") {
      guard let colon = line.firstIndex(of: ":"), line.first?.isWhitespace == false else {
        throw .badHeader
      }
      let value = line[line.index(after: colon)...].trimmingPrefix { $0.isWhitespace }
      fields[line[..<colon].lowercased()] = String(value)
    }
    return fields
  }
}

private let lineEnd: [UInt8] = [0x0d, 0x0a]
private let hyphens: [UInt8] = [0x2d, 0x2d]

extension UInt8 {
  /// `bchars` of RFC 2046 5.1.1.
  fileprivate var isBoundaryCharacter: Bool {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: "'()+_,-./:=? ".utf8.contains(self)
    }
  }
}

extension [UInt8] {
  /// Where these bytes first are.
  fileprivate func position(of pattern: [UInt8]) -> Int? {
    var start = startIndex
    while let first = self[start...].firstIndex(of: pattern[0]) {
      guard count - first >= pattern.count else { return nil }
      if self[first..<first + pattern.count].elementsEqual(pattern) { return first }
      start = first + 1
    }
    return nil
  }
}
