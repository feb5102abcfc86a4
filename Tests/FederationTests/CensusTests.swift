import Crypto
import Engine
import Foundation
import Testing

@testable import Federation

@Suite struct CensusTests {
  let consortium: Consortium
  let gate: PrivacyGate
  let question = Question(
    about: .evidence, parameters: parameters([1, 2]),
    known: Statistics(histograms: [.init(name: "lessons", counts: [7, 9])]))

  init() throws {
    consortium = try Consortium()
    gate = try PrivacyGate()
  }

  /// Says the same to every question.
  private struct Site: Party {
    let name: String
    let membership: Membership
    let says: Statistics
    var change: @Sendable ([UInt8]) -> [UInt8] = { $0 }

    func answer(_ message: [UInt8]) async throws -> [UInt8] {
      guard
        case .answer(let question) = try Order(
          opening: message, from: membership.roster.coordinator)
      else { throw FederationError.wrongQuestion }
      return change(try PrivacyGate().seal(says, to: question, as: membership).bytes)
    }
  }

  private func site(_ place: Int, says: Statistics) throws -> Site {
    let membership = try consortium.member(place)
    return Site(name: membership.name, membership: membership, says: says)
  }

  private func statistics(_ counts: [Int], lessons: Int = 5, _ values: [Double] = [1]) -> Statistics
  {
    Statistics(
      histograms: [.init(name: "bins", counts: counts)],
      sums: [.init(name: "sum", lessons: lessons, values: values)])
  }

  @Test("every byte of an answer is a magic, a place, a digest, a count, a sum or the signature")
  func everyByte() throws {
    let sealed = try gate.seal(
      statistics([3, 256], [1.5]), to: question, as: consortium.member(1))
    let unsigned = Array(
      try question.signed(by: consortium.coordinatorKey).dropLast(signatureLength))
    var expected = Array("SLANSW1\n".utf8) + [1, 0]
    expected += SHA256.hash(data: unsigned)
    expected += Array("SLSTAT1\n".utf8)
    expected += [1, 0, 4] + Array("bins".utf8) + [2, 0, 3, 0, 0, 0, 0, 1, 0, 0]
    expected += [1, 0, 3] + Array("sum".utf8) + [5, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F]
    #expect(Array(sealed.bytes.dropLast(64)) == expected)
    #expect(sealed.bytes.count == expected.count + 64)
  }

  @Test("a question comes back as it was asked, and no other coordinator can ask it")
  func asked() throws {
    let bytes = try question.signed(by: consortium.coordinatorKey)
    #expect(try Question(opening: bytes, from: consortium.roster.coordinator) == question)
    #expect(throws: FederationError.wrongSignature) {
      try Question(opening: bytes, from: try Consortium().roster.coordinator)
    }
  }

  @Test("a sum of fewer than five lessons never leaves, nor does what is no number")
  func gates() throws {
    for (lessons, value) in [(4, 1.0), (1, 1), (0, 1), (9, .nan), (9, .infinity)] {
      #expect(throws: FederationError.self) {
        try gate.seal(
          statistics([1], lessons: lessons, [value]), to: question, as: consortium.member(0))
      }
    }
    #expect(throws: Never.self) {
      try gate.seal(statistics([1], lessons: 0, [0]), to: question, as: consortium.member(0))
    }
  }

  @Test("all sites are asked, and what they say adds up")
  func pools() async throws {
    let sites = [
      try site(0, says: statistics([1, 2], lessons: 5, [1])),
      try site(2, says: statistics([10, 0], lessons: 6, [2.5])),
    ]
    let census = Census(
      roster: consortium.roster, key: consortium.coordinatorKey, channel: LocalChannel(sites))
    let answers = try await census.ask(question)
    #expect(Set(answers.keys) == ["Lakeside", "St Mary"])
    let pool = try Statistics.pooled(answers.sorted { $0.key < $1.key }.map(\.value))
    #expect(pool == statistics([11, 2], lessons: 11, [3.5]))
  }

  @Test("an answer cut short, changed, or in another's name is not believed")
  func tampered() async throws {
    var site = try site(0, says: statistics([1]))
    let whole = try await site.answer(question.signed(by: consortium.coordinatorKey)).count
    for index in 0..<whole {
      site.change = { bytes in
        var bytes = bytes
        bytes[index] ^= 0x40
        return bytes
      }
      #expect(try await answers(of: site).isEmpty)
      site.change = { Array($0.prefix(index)) }
      #expect(try await answers(of: site).isEmpty)
    }
    site.change = { $0 + [0] }
    #expect(try await answers(of: site).isEmpty)
    let other = Site(name: "North", membership: try consortium.member(0), says: statistics([1]))
    #expect(try await answers(of: other).isEmpty)
  }

  private func answers(of site: Site) async throws -> [String: Statistics] {
    try await Census(
      roster: consortium.roster, key: consortium.coordinatorKey, channel: LocalChannel([site])
    ).ask(question)
  }

  @Test("statistics that say other things cannot be pooled")
  func shapes() throws {
    let one = statistics([1, 2])
    for other in [statistics([1]), statistics([1, 2], [1, 2]), Statistics()] {
      #expect(throws: FederationError.wrongShape) { try Statistics.pooled([one, other]) }
    }
    #expect(try Statistics.pooled([]) == Statistics())
  }

  @Test("foreign bytes never become statistics", arguments: 0..<200 as Range<UInt64>)
  func fuzz(seed: UInt64) throws {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func random(_ below: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(below))
    }
    var bytes = statistics([3, 1], [1.5, 2]).encoded()
    for _ in 0..<3 { bytes[random(bytes.count)] = UInt8(random(256)) }
    if let read = try? Statistics(decoding: bytes) { #expect(read.encoded() == bytes) }
    let cut = Array(bytes.prefix(random(bytes.count)))
    #expect(throws: FederationError.self) { try Statistics(decoding: cut) }
  }
}
