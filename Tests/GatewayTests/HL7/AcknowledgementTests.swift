import Testing

@testable import Gateway

@Suite("Answers to HL7 messages")
struct AcknowledgementTests {
  private let head = "MSH|^~\\&|RIS|HOSP|SECONDLOOK||20261127||ACK^R01^ACK|99|P|2.5.1\r"

  private func read(_ text: String) throws -> Acknowledgement {
    try Acknowledgement(parsing: Array(text.utf8), to: "c0ffee")
  }

  @Test("every code of the standard is known, and only AA and CA mean that it was taken")
  func codes() throws {
    for code in Acknowledgement.Code.allCases {
      let answer = try read(head + "MSA|\(code.rawValue)|c0ffee\r")
      #expect(answer.code == code)
      #expect(answer.isAccepted == ["AA", "CA"].contains(code.rawValue))
      #expect(answer.peerText.isEmpty)
    }
  }

  @Test("the reason is read from MSA-3 and ERR, with its escapes resolved")
  func reasons() throws {
    let answer = try read(
      head + "MSA|AE|c0ffee|No order A\\T\\B\r"
        + "ERR||OBR^1^3|204^Unknown key^HL70357|E|||at OBR-3\\.br\\twice|No order A\\T\\B\r")
    #expect(answer.peerText == "No order A&B; at OBR-3 twice")
  }

  @Test("separators of the sender's own choice and lines that end otherwise are read")
  func separators() throws {
    let answer = try read("MSH#*~!%#RIS\r\nMSA#AR#c0ffee#not!S!today\r\n")
    #expect(answer.code == .applicationReject)
    #expect(answer.peerText == "not*today")
  }

  @Test("whatever is no answer to our message says so, and never that it was taken")
  func foreign() {
    let answers: [(String, AcknowledgementError)] = [
      ("", .noMessage), ("HTTP/1.1 200 OK\r\n\r\n", .noMessage),
      ("MSH|^~^&\rMSA|AA|c0ffee\r", .noMessage),
      (head, .noAnswer), (head + "MSA|AA\r", .noAnswer), (head + "MSA|OK|c0ffee\r", .unknownCode),
      (head + "MSA||c0ffee\r", .unknownCode), (head + "MSA|AA|\r", .otherMessage),
      (head + "MSA|AA|c0ffe\r", .otherMessage),
    ]
    for (text, error) in answers {
      #expect(throws: error, "\(text)") { try read(text) }
    }
    #expect(throws: AcknowledgementError.noMessage) {
      try Acknowledgement(parsing: Array((head + "MSA|AA|c0ffee|").utf8) + [0xff], to: "c0ffee")
    }
  }
}
