import Crypto
import Foundation
import Testing

@testable import Federation

@Suite("A roster is believed as the coordinator signed it, and in no other way")
struct RosterTests {
  private let key = CoordinatorKey()
  private let north = NodeKey()

  private func roster(_ number: Int = 3, _ names: [String] = ["North"]) throws -> ConsortiumRoster {
    try ConsortiumRoster(
      consortium: "Chest", number: number,
      coordinator: ConsortiumRoster.Coordinator(name: "University", key: key.publicKey),
      members: try names.map {
        ConsortiumRoster.Member(
          name: $0, key: try PublicNodeKey($0 == "North" ? north.publicPEM : NodeKey().publicPEM))
      })
  }

  private func opened(
    _ signed: SignedRoster, seen: Int = 0, own: String? = nil
  ) throws -> ConsortiumRoster {
    try SignedRoster(
      text: signed.text, signature: signed.signature, by: key.publicKey, notBefore: seen,
      naming: own ?? north.publicPEM
    ).roster
  }

  @Test("an instruction and a file bring back what was signed")
  func opens() throws {
    let signed = try SignedRoster(roster(), signedBy: key)
    #expect(try opened(signed) == roster())
    #expect(try SignedRoster(file: signed.file, by: key.publicKey) == signed)
  }

  @Test("what is signed is JSON with sorted keys and without spaces")
  func canonical() throws {
    let text = try SignedRoster(roster(3, []), signedBy: key).text
    let pem = key.publicKey.pemRepresentation.replacing("\n", with: "\\n")
    #expect(
      text == #"{"consortium":"Chest","coordinator":{"key":""# + pem
        + #"","name":"University"},"members":[],"number":3}"#)
  }

  @Test("a changed character anywhere is refused", arguments: ["Chest", ":3}", "North"])
  func tampered(_ part: String) throws {
    let signed = try SignedRoster(roster(), signedBy: key)
    let changed = signed.text.replacing(part, with: part == ":3}" ? ":4}" : "Other")
    #expect(changed != signed.text)
    #expect(throws: ConsortiumError.rosterUnsigned) {
      try SignedRoster(text: changed, signature: signed.signature, by: key.publicKey)
    }
    let file = String(decoding: signed.file, as: UTF8.self)
    #expect(throws: ConsortiumError.rosterUnsigned) {
      try SignedRoster(
        file: Array(file.replacing(part, with: part == ":3}" ? ":4}" : "Other").utf8),
        by: key.publicKey)
    }
  }

  @Test("another coordinator's signature is refused, also under its own name")
  func stranger() throws {
    let stranger = CoordinatorKey()
    let theirs = try ConsortiumRoster(
      consortium: "Chest", coordinator: .init(name: "University", key: stranger.publicKey))
    #expect(throws: ConsortiumError.rosterUnsigned) {
      try opened(SignedRoster(theirs, signedBy: stranger))
    }
    #expect(throws: ConsortiumError.self) { try SignedRoster(theirs, signedBy: key) }
  }

  @Test("an older roster is refused, the one that was seen last is not")
  func older() throws {
    let signed = try SignedRoster(roster(), signedBy: key)
    #expect(try opened(signed, seen: 3).number == 3)
    #expect(throws: ConsortiumError.rosterOlder(number: 3, seen: 4)) {
      try opened(signed, seen: 4)
    }
  }

  @Test("a site that was removed finds out, and comes back only under a higher number")
  func removed() throws {
    let without = try roster(3, ["North", "Lakeside"]).removing("North")
    #expect(without.number == 4)
    #expect(throws: ConsortiumError.notOnRoster(consortium: "Chest")) {
      try opened(SignedRoster(without, signedBy: key), seen: 3)
    }
    #expect(throws: ConsortiumError.noSuchMember("North")) { try without.removing("North") }
    let again = try without.adding(
      ConsortiumRoster.Member(name: "North", key: try PublicNodeKey(north.publicPEM)))
    #expect(try opened(SignedRoster(again, signedBy: key), seen: 4).number == 5)
  }

  @Test("a name or a key is on it once", arguments: ["North", "north"])
  func twice(_ name: String) throws {
    #expect(throws: ConsortiumError.rosterUnusable("two sites have the same name.")) {
      try roster().adding(
        ConsortiumRoster.Member(name: name, key: try PublicNodeKey(NodeKey().publicPEM)))
    }
    #expect(throws: ConsortiumError.rosterUnusable("two sites have the same key.")) {
      try roster().adding(
        ConsortiumRoster.Member(name: "Other", key: try PublicNodeKey(north.publicOpenSSH)))
    }
  }

  @Test("a name that could steer a terminal is none", arguments: ["", " North", "No\u{1B}[2Jrth"])
  func names(_ name: String) throws {
    #expect(throws: ConsortiumError.self) {
      try roster().adding(
        ConsortiumRoster.Member(name: name, key: try PublicNodeKey(NodeKey().publicPEM)))
    }
  }
}

@Suite("A site's key is the same key however it is written")
struct PublicNodeKeyTests {
  /// Made by the Python library cryptography; the fingerprint is of `ssh-keygen -l`.
  private static let openSSH =
    "ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBCg8HXNlzkeI8p+OvyNO3/"
    + "6tb+mX++pf+i1YzJ36exxQiwVSb1W567IEDwW0j7bQ4ZR1yZBh5BuIulLv24wWkEcaYdhn7XmXKdnJLNAdvSJWMNhO3jKn"
    + "j55kZkzaxRLvjA=="
  private static let pem = """
    -----BEGIN PUBLIC KEY-----
    MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEKDwdc2XOR4jyn46/I07f/q1v6Zf76l/6
    LVjMnfp7HFCLBVJvVbnrsgQPBbSPttDhlHXJkGHkG4i6Uu/bjBaQRxph2GfteZcp
    2cks0B29IlYw2E7eMqePnmRmTNrFEu+M
    -----END PUBLIC KEY-----

    """

  @Test("a line of OpenSSH, with or without a comment, and PEM are one key with one fingerprint")
  func forms() throws {
    for text in [Self.openSSH, Self.openSSH + " node@north\n", Self.pem] {
      let key = try PublicNodeKey(text)
      #expect(key.pem == Self.pem)
      #expect(key.fingerprint == "SHA256:6MD4KXIBALxv82Gx1JZ5pYJMWf3C7jSxbO+7AU0nAog")
    }
  }

  @Test("our own nodes' keys are read as they print them")
  func own() throws {
    let key = NodeKey()
    #expect(try PublicNodeKey(key.publicOpenSSH).pem == key.publicPEM)
    #expect(try PublicNodeKey(key.publicPEM).pem == key.publicPEM)
  }

  @Test(
    "what is no key is refused",
    arguments: ["", "North", "ecdsa-sha2-nistp384", "ssh-ed25519 AAAA", openSSH + "AAAA"])
  func unreadable(_ text: String) {
    #expect(throws: ConsortiumError.unreadableKey) { try PublicNodeKey(text) }
  }
}
