import Crypto
import Engine
import Federation
import Radiology
import Testing

@Suite struct PrivacyGateTests {
  let consortium: Consortium
  let task = RoundTask(
    round: 1, rounds: 1, work: .init(steps: 1, batch: 1, learningRate: 0.1, seed: 0),
    parameters: parameters([0, 0]))

  init() throws { consortium = try Consortium() }

  @Test("every byte that leaves is a magic, a count, a digest, a parameter or the signature")
  func everyByte() throws {
    let sealed = try PrivacyGate().seal(
      parameters([3, 4]), trainedOn: 7, for: task, as: consortium.member(1))
    let change = parameters([3, 4]).encoded()
    var expected = Array("SLUPDT1\n".utf8)
    expected += [1, 0, 0, 0]  // round
    expected += [1, 0]  // place on the roster
    expected += [7, 0, 0, 0]  // lessons
    expected += SHA256.hash(data: task.parameters.encoded())
    expected += change
    #expect(Array(sealed.bytes.dropLast(64)) == expected)
    #expect(sealed.bytes.count == expected.count + 64)
    #expect(sealed.norm == 5)
  }

  @Test("a change longer than the clip leaves as long as the clip")
  func clips() throws {
    let gate = try PrivacyGate(clip: 1)
    let sealed = try gate.seal(
      parameters([3, 4]), trainedOn: 1, for: task, as: consortium.member(0))
    #expect(abs(sealed.norm - 1) < 1e-6)
    let received = try ReceivedUpdate(opening: sealed.bytes, by: consortium.roster)
    #expect(abs(received.change.norm - 1) < 1e-6)
  }

  @Test("a clip that bounds nothing cannot be set", arguments: [0, -1, .nan, .infinity])
  func unsafeClip(clip: Double) {
    #expect(throws: FederationError.self) { try PrivacyGate(clip: clip) }
  }

  @Test("a mode that is not offered never becomes a gate")
  func mode() {
    #expect(throws: FederationError.modeNotOffered("masked")) { try PrivacyGate(mode: .masked) }
  }

  @Test("values that are no numbers never leave", arguments: [Float.nan, .infinity])
  func notFinite(value: Float) {
    #expect(throws: FederationError.notFinite) {
      try PrivacyGate().seal(
        parameters([value, 0]), trainedOn: 1, for: task, as: consortium.member(0))
    }
  }

  @Test("parameters of another shape and rounds without lessons never leave")
  func refuses() {
    #expect(throws: FederationError.wrongShape) {
      try PrivacyGate().seal(
        parameters([1]), trainedOn: 1, for: task, as: consortium.member(0))
    }
    #expect(throws: FederationError.noLessons) {
      try PrivacyGate().seal(
        parameters([1, 1]), trainedOn: 0, for: task, as: consortium.member(0))
    }
  }

  @Test("a key that is not on the roster has no membership")
  func stranger() {
    #expect(throws: FederationError.unknownPartner) {
      try Membership(roster: consortium.roster, key: P256.Signing.PrivateKey())
    }
  }
}
