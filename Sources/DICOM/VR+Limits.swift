extension VR {
  /// Longest text value in characters (PN: per spelling), or nil for no limit below 2³².
  ///
  /// Source: PS3.5 table 6.2-1.
  private var characterLimit: Int? {
    switch self {
    case .AE, .CS, .DS, .SH: 16
    case .AS: 4
    case .DA: 8
    case .DT: 26
    case .IS: 12
    case .LO, .PN, .UI: 64
    case .LT: 10240
    case .ST: 1024
    case .TM: 14
    default: nil
    }
  }

  /// Throws unless the text may be one value of this VR.
  func check(_ text: String, for tag: Tag) throws(DICOMError) {
    if let limit = characterLimit {
      let pieces = self == .PN ? text.split(separator: "=") : [text[...]]
      guard pieces.allSatisfy({ $0.unicodeScalars.count <= limit }) else {
        throw .valueTooLong(tag, limit: limit)
      }
    }
    guard isAllowed(text) else { throw .badCharacters(tag, self) }
  }

  private func isAllowed(_ text: String) -> Bool {
    if text.isEmpty { return true }
    func only(_ characters: String) -> Bool { text.allSatisfy { characters.contains($0) } }
    let digits = "0123456789"
    switch self {
    case .UI: return UID.isValid(text)
    case .CS: return only("ABCDEFGHIJKLMNOPQRSTUVWXYZ_ " + digits)
    case .DA: return only(digits) && text.utf8.count == 8
    case .TM: return only(digits + ".")
    case .DT: return only(digits + ".+-")
    case .IS: return Int32(text) != nil
    case .DS: return only(digits + "+-eE.") && Double(text) != nil
    case .AS: return only(digits + "DWMY") && text.utf8.count == 4
    case .AE, .UR: return text.utf8.allSatisfy { (0x20..<0x7f).contains($0) && $0 != 0x5c }
    case .LT, .ST, .UT:
      return text.unicodeScalars.allSatisfy {
        !$0.isControl || "\t\n\u{c}\r".unicodeScalars.contains($0)
      }
    default: return text.unicodeScalars.allSatisfy { !$0.isControl && $0 != "\\" }
    }
  }
}

extension Unicode.Scalar {
  fileprivate var isControl: Bool { properties.generalCategory == .control }
}
