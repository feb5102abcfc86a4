import TestSupport
import Testing

@testable import Gateway

@Suite("Multipart bodies")
struct MultipartTests {
  private static let body = """
    ignored preamble\r
    --b-1\r
    Content-Type: application/dicom\r
    Content-Location: x\r
    \r
    one\r
    --b-not\r
    still one\r
    \r
    --b-1 \t\r
    \r
    \r
    two\r
    --b-1\r
    Content-Type: application/dicom\r
    \r
    \r
    --b-1--\r
    ignored epilogue --b-1
    """

  /// Contents of the parts, as if each piece were appended to a file.
  private static func parts(
    _ body: [UInt8], cutAt cuts: [Int], boundary: String = "b-1"
  ) throws -> [String] {
    var reader = try MultipartReader(boundary: boundary)
    var parts: [[UInt8]] = []
    var ends = 0
    var start = 0
    for cut in cuts + [body.count] {
      for piece in try reader.take(body[start..<cut]) {
        switch piece {
        case .begin: parts.append([])
        case .content(let bytes): parts[parts.count - 1] += bytes
        case .end: ends += 1
        }
      }
      start = cut
    }
    try reader.finish()
    #expect(ends == parts.count)
    return parts.map { String(decoding: $0, as: UTF8.self) }
  }

  private static let expected = ["one\r\n--b-not\r\nstill one\r\n", "\r\ntwo", ""]

  @Test("parts are the same wherever the body is cut in two")
  func everyCut() throws {
    let body = Array(Self.body.utf8)
    for cut in 0...body.count {
      #expect(try Self.parts(body, cutAt: [cut]) == Self.expected, "cut at \(cut)")
    }
  }

  @Test("parts are the same when every byte comes alone")
  func bytewise() throws {
    let body = Array(Self.body.utf8)
    #expect(try Self.parts(body, cutAt: Array(1..<body.count)) == Self.expected)
  }

  @Test("header fields are found by their name in lower case")
  func fields() throws {
    var reader = try MultipartReader(boundary: "b-1")
    let pieces = try reader.take(Array(Self.body.utf8))
    #expect(
      pieces.first == .begin(["content-type": "application/dicom", "content-location": "x"]))
  }

  @Test("a body that ends anywhere before its closing boundary is truncated")
  func truncated() throws {
    let whole = Array(Self.body.utf8)
    let closing = try #require(Self.body.firstRange(of: "--b-1--"))
    let length = Self.body.utf8.distance(from: Self.body.startIndex, to: closing.upperBound)
    for end in 0..<length {
      #expect(throws: MultipartError.truncated, "\(end)") {
        try Self.parts(Array(whole[..<end]), cutAt: [])
      }
    }
    #expect(try Self.parts(Array(whole[..<length]), cutAt: []) == Self.expected)
  }

  @Test(
    "hostile bodies are refused with their reason",
    arguments: [
      ("--b-1x\r\n\r\none\r\n--b-1--", MultipartError.badBoundaryLine),
      ("--b-1\r\nno colon\r\n\r\none\r\n--b-1--", .badHeader),
      ("--b-1\r\nA: b\r\n folded\r\n\r\none\r\n--b-1--", .badHeader),
      ("<html>no parts at all</html>", .truncated),
      ("", .truncated),
    ])
  func hostile(body: String, reason: MultipartError) {
    #expect(throws: reason) { try Self.parts(Array(body.utf8), cutAt: []) }
    #expect(throws: reason) {
      try Self.parts(Array(body.utf8), cutAt: Array(stride(from: 7, to: body.utf8.count, by: 7)))
    }
  }

  @Test("headers and what stands before the first boundary have a limit")
  func limits() {
    let endless = "--b-1\r\nA: " + String(repeating: "a", count: 9_000)
    #expect(throws: MultipartError.headerTooLong(limit: 8_192)) {
      try Self.parts(Array(endless.utf8), cutAt: [])
    }
    let preamble = String(repeating: "-", count: 70_000)
    #expect(throws: MultipartError.noBoundary) { try Self.parts(Array(preamble.utf8), cutAt: []) }
  }

  @Test(
    "boundaries outside RFC 2046 are refused",
    arguments: ["", " ", "a ", "a\r\nb", "é", "a\"b", String(repeating: "a", count: 71)])
  func badBoundary(boundary: String) {
    #expect(throws: MultipartError.badBoundary) { try MultipartReader(boundary: boundary) }
  }

  @Test("shuffled bodies read the same whole and byte by byte", arguments: 0..<40)
  func shuffled(seed: UInt64) throws {
    var random = Seeded(seed)
    let pieces = [
      "--b-1", "--b-1--", "\r\n", "\r\n\r\n", "-", "\r", "A: b", "x", "--", "\r\n--b-1",
    ]
    let body = (0..<400).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    let whole = Result { try Self.parts(Array(body.utf8), cutAt: []) }
    let cuts = Array(1..<body.utf8.count)
    let bytewise = Result { try Self.parts(Array(body.utf8), cutAt: cuts) }
    #expect((try? whole.get()) == (try? bytewise.get()))
  }
}
