public import Foundation

/// Whom an HL7 v2 message is for, as that system calls itself.
///
/// Source: HL7 v2.5.1 section 2.15.9, segment MSH.
public struct HL7Recipient: Sendable, Hashable {
  /// Receiving Application (MSH-5); empty where nobody says.
  public let application: String
  /// Receiving Facility (MSH-6); empty where nobody says.
  public let facility: String

  public init(application: String = "", facility: String = "") {
    self.application = application
    self.facility = facility
  }

  /// A message of ours for this recipient: no other field changes, and so neither does its control
  /// ID (MSH-10).
  public func addressed(_ message: Data) -> Data {
    let header = message.prefix { $0 != 0x0d }
    var fields = header.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
      .map { Data($0) }
    precondition(fields.count > 6 && fields[0] == Data("MSH".utf8), "a message has a header")
    // The separator itself is MSH-1.
    for (number, name) in [(4, application), (5, facility)] {
      fields[number] = Data(HL7Field.authority(name).encoded.utf8)
    }
    return Data(fields.joined(separator: Data("|".utf8))) + message[header.endIndex...]
  }
}
