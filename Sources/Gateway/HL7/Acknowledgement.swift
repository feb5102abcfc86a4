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
  /// Reads the answer to the message with this Message Control ID (MSH-10), without the framing of
  /// MLLP; an answer to another one says nothing of ours.
  ///
  /// - Throws: ``AcknowledgementError``; whether the message was taken is then not known.
  public init(
    parsing bytes: some Collection<UInt8>, to controlID: String
  ) throws(AcknowledgementError) {
    // What else the answer says, in whatever encoding, may name a patient and is read by nobody.
    let segments = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
    guard let separator = segments.first.flatMap(Self.fieldSeparator) else { throw .noMessage }
    let answers = segments.lazy.map {
      $0.split(separator: separator, omittingEmptySubsequences: false)
    }
    guard let answer = answers.first(where: { $0.first ?? "" == "MSA" }), answer.count > 2 else {
      throw .noAnswer
    }
    guard let code = Code(rawValue: String(answer[1])) else { throw .unknownCode }
    guard answer[2] == controlID else { throw .otherMessage }
    self.code = code
  }

  /// What the fields are separated with, as the segment MSH says in its first two fields.
  private static func fieldSeparator(_ header: Substring) -> Character? {
    let characters = header.dropFirst(3).prefix(5)
    guard header.hasPrefix("MSH"), characters.count == 5, Set(characters).count == 5 else {
      return nil
    }
    return characters.first
  }
}

/// Why an answer says nothing of the message that was sent.
public enum AcknowledgementError: Error, Equatable, Sendable {
  /// It does not begin with a segment MSH.
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
      case .noMessage: "The answer is no HL7 v2 message"
      case .noAnswer: "The answer has no segment MSA"
      case .unknownCode: "The answer has an acknowledgment code that HL7 does not know"
      case .otherMessage: "The answer is to another message than the one sent"
      }
    return "\(fault), so nobody knows whether the message was taken. It can be sent again: its "
      + "control ID stays the same."
  }
}
