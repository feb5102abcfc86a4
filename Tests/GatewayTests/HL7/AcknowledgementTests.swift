import Testing

@testable import Gateway

@Suite("Answers to HL7 messages")
struct AcknowledgementTests {
  private let head = "MSH|^~\\&|RIS|HOSP|SECONDLOOK||20261127||ACK^R01^ACK|99|P|2.5.1\r"

  private func read(_ text: String) throws -> Acknowledgement {
    try Acknowledgement(parsing: Array(text.utf8), to: "c0ffee")
  }

  @Test("every code of the standard is known")
  func codes() throws {
    for code in Acknowledgement.Code.allCases {
      #expect(try read(head + "MSA|\(code.rawValue)|c0ffee\r").code == code)
    }
  }

  @Test(
    "what else an answer says, in any encoding, does not make a message that was taken come again")
  func otherEncoding() throws {
    let latin = Array((head + "MSA|AA|c0ffee|").utf8) + [0xdc] + Array("bernommen\r".utf8)
    #expect(try Acknowledgement(parsing: latin, to: "c0ffee").code == .applicationAccept)
  }

  @Test("separators of the sender's own choice and lines that end otherwise are read")
  func separators() throws {
    let answer = try read("MSH#*~!%#RIS\r\nMSA#AR#c0ffee#not!S!today\r\n")
    #expect(answer.code == .applicationReject)
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
  }
}
