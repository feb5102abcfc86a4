/// A Content-Type with its parameters.
///
/// Source: RFC 9110 8.3.1; parameters may be quoted.
struct MediaType: Equatable {
  /// Type and subtype in lower case, for example `multipart/related`.
  let name: String
  /// By name in lower case.
  let parameters: [String: String]

  init(_ text: String) {
    var pieces: [String] = [""]
    var (isQuoted, isEscaped) = (false, false)
    for character in text {
      switch character {
      case _ where isEscaped:
        pieces[pieces.count - 1].append(character)
        isEscaped = false
      case "\\" where isQuoted: isEscaped = true
      case "\"": isQuoted.toggle()
      case ";" where !isQuoted: pieces.append("")
      default: pieces[pieces.count - 1].append(character)
      }
    }
    var parameters: [String: String] = [:]
    for piece in pieces.dropFirst() {
      let sides = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard sides.count == 2 else { continue }
      parameters[sides[0].withoutSpaces.lowercased()] = sides[1].withoutSpaces
    }
    name = pieces[0][...].withoutSpaces.lowercased()
    self.parameters = parameters
  }
}

extension Substring {
  fileprivate var withoutSpaces: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(self[first...last])
  }
}
