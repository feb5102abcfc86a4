/// What a system answers to an HL7 v2 message.
///
/// Source: HL7 v2.5.1 chapter 2.9.2 and 2.15.8, segment MSA, and table 0008.
public struct Acknowledgement: Sendable, Equatable {
  /// Acknowledgment Code (MSA-1).
  public enum Code: String, Sendable, CaseIterable {
    /// The application took the message: what it says is filed.
    case applicationAccept = "AA"
    /// The application will not file what the message says.
    case applicationError = "AE"
    /// The application could not look at it, for example because it is of a kind it does not know.
    case applicationReject = "AR"
    /// The receiver stored the message safely and answers for it from now on.
    case commitAccept = "CA"
    /// The receiver could not store the message.
    case commitError = "CE"
    /// The receiver refuses messages of this kind.
    case commitReject = "CR"
  }

  public let code: Code
  /// Why, in the words of the system that answers; may name a patient, and may be empty.
  public let peerText: String

  /// The message is where it should be, and may not be sent again.
  public var isAccepted: Bool { code == .applicationAccept || code == .commitAccept }

  /// Reads the answer to the message with this Message Control ID (MSH-10), without the framing of
  /// MLLP; an answer to another one says nothing of ours.
  ///
  /// - Throws: ``AcknowledgementError``; whether the message was taken is then not known.
  public init(
    parsing bytes: some Collection<UInt8>, to controlID: String
  ) throws(AcknowledgementError) {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .noMessage }
    let segments = text.split(whereSeparator: \.isNewline)
    guard let delimiters = segments.first.flatMap(Delimiters.init) else { throw .noMessage }
    func fields(_ name: String) -> [Substring]? {
      segments.lazy.map { $0.split(separator: delimiters.field, omittingEmptySubsequences: false) }
        .first { $0.first ?? "" == name }
    }
    guard let answer = fields("MSA"), answer.count > 2 else { throw .noAnswer }
    guard let code = Code(rawValue: String(answer[1])) else { throw .unknownCode }
    guard delimiters.plain(answer[2]) == controlID else { throw .otherMessage }
    self.code = code
    // MSA-3 is what systems fill in, ERR-8 and ERR-7 what the standard wants in its place.
    let error = fields("ERR") ?? []
    let reasons = [answer.dropFirst(3).first] + [8, 7].map { error.dropFirst($0).first }
    var texts: [String] = []
    for reason in reasons.compactMap({ $0 }).map(delimiters.plain)
    where !reason.isEmpty && !texts.contains(reason) {
      texts.append(reason)
    }
    peerText = texts.joined(separator: "; ")
  }
}

/// Why an answer says nothing of the message that was sent.
public enum AcknowledgementError: Error, Equatable, Sendable {
  /// It does not begin with a segment MSH, or is not UTF-8.
  case noMessage
  /// It has no segment MSA.
  case noAnswer
  /// MSA-1 is none of AA, AE, AR, CA, CE, CR.
  case unknownCode
  /// MSA-2 names another message.
  case otherMessage
}

extension AcknowledgementError: CustomStringConvertible {
  public var description: String {
    let fault =
      switch self {
      case .noMessage: "The answer is no HL7 v2 message in UTF-8"
      case .noAnswer: "The answer has no segment MSA"
      case .unknownCode: "The answer has an acknowledgment code that HL7 does not know"
      case .otherMessage: "The answer is to another message than the one sent"
      }
    return "\(fault), so nobody knows whether the message was taken. It can be sent again: its "
      + "control ID stays the same."
  }
}

/// The characters a message separates its parts with, as its segment MSH says.
private struct Delimiters {
  let field: Character
  private let component: Character
  private let repetition: Character
  private let escape: Character
  private let subcomponent: Character

  init?(_ header: Substring) {
    let characters = header.dropFirst(3).prefix(5).map { $0 }
    guard header.hasPrefix("MSH"), characters.count == 5, Set(characters).count == 5 else {
      return nil
    }
    field = characters[0]
    component = characters[1]
    repetition = characters[2]
    escape = characters[3]
    subcomponent = characters[4]
  }

  /// A field as people read it: components with spaces between them, escapes resolved.
  ///
  /// Source: HL7 v2.5.1 section 2.7.
  func plain(_ text: Substring) -> String {
    var result = ""
    for (index, part) in text.split(separator: escape, omittingEmptySubsequences: false)
      .enumerated()
    {
      guard index % 2 == 1 else {
        result += part.split { [component, repetition, subcomponent].contains($0) }
          .joined(separator: " ")
        continue
      }
      switch part {
      case "F": result.append(field)
      case "S": result.append(component)
      case "T": result.append(subcomponent)
      case "R": result.append(repetition)
      case "E": result.append(escape)
      // Highlighting, line breaks and characters nobody here knows: a space, so that words stay.
      default: result += " "
      }
    }
    return result.split { $0.isWhitespace || $0.isNewline }.joined(separator: " ")
  }
}
