public import Crypto
import Foundation

/// Who takes part in a consortium over the network, under a number that counts its changes.
///
/// A roster that exists is sound: every name and every key is on it once. ``SignedRoster`` is how
/// it travels.
public struct ConsortiumRoster: Sendable, Hashable, Codable {
  /// Who leads.
  public struct Coordinator: Sendable, Hashable, Codable {
    public let name: String
    /// P-256, in PEM; sites pin it.
    public let key: String

    public init(name: String, key: P256.Signing.PublicKey) {
      self.name = name
      self.key = key.pemRepresentation
    }

    /// SHA-256 of the key as it stands here, by which people compare it.
    public var digest: String { Array(SHA256.hash(data: Data(key.utf8))).hexadecimal }
  }

  /// A hospital.
  public struct Member: Sendable, Hashable, Codable {
    public let name: String
    /// As ``PublicNodeKey/pem``.
    public let key: String
    /// Whom to call; empty if nobody said.
    public let contact: String

    public init(name: String, key: PublicNodeKey, contact: String = "") {
      self.name = name
      self.key = key.pem
      self.contact = contact
    }
  }

  public let consortium: String
  /// Counted from 1, one more with every change.
  public let number: Int
  public let coordinator: Coordinator
  /// In an order that everybody agrees on.
  public let members: [Member]

  private static let mostMembers = 1_000

  /// - Throws: ``ConsortiumError/rosterUnusable(_:)`` for a name or key that is on it twice, or that
  ///   is none.
  public init(
    consortium: String, number: Int = 1, coordinator: Coordinator, members: [Member] = []
  ) throws(ConsortiumError) {
    guard number >= 1 else { throw .rosterUnusable("its number is below 1.") }
    guard members.count <= Self.mostMembers else {
      throw .rosterUnusable("it has more than \(Self.mostMembers) sites.")
    }
    let names = [consortium, coordinator.name] + members.map(\.name)
    guard names.allSatisfy(Self.isName) else {
      throw .rosterUnusable("a name is 1 to 64 printable characters, the first and last no space.")
    }
    guard (try? P256.Signing.PublicKey(pemRepresentation: coordinator.key)) != nil else {
      throw .rosterUnusable("the coordinator's key is no P-256 key in PEM.")
    }
    for member in members {
      guard let key = try? PublicNodeKey(member.key), key.pem == member.key else {
        throw .rosterUnusable("the key of \(member.name) is none.")
      }
      guard member.contact.isEmpty || Self.isName(member.contact) else {
        throw .rosterUnusable("the contact of \(member.name) is more than 64 characters.")
      }
    }
    // “North” and “north” would be told apart by no person.
    guard Set(members.map { $0.name.lowercased() }).count == members.count else {
      throw .rosterUnusable("two sites have the same name.")
    }
    guard Set(members.map(\.key)).count == members.count else {
      throw .rosterUnusable("two sites have the same key.")
    }
    self.consortium = consortium
    self.number = number
    self.coordinator = coordinator
    self.members = members
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      consortium: try values.decode(String.self, forKey: .consortium),
      number: try values.decode(Int.self, forKey: .number),
      coordinator: try values.decode(Coordinator.self, forKey: .coordinator),
      members: try values.decode([Member].self, forKey: .members))
  }

  /// Whether a text can stand on a screen, in a log and in a ledger.
  private static func isName(_ text: String) -> Bool {
    (1...64).contains(text.count) && FleetError.plain(text, most: 256) == text
      && text.first?.isWhitespace == false && text.last?.isWhitespace == false
  }
}

extension ConsortiumRoster {
  /// The next roster, with one more site.
  ///
  /// - Throws: ``ConsortiumError/rosterUnusable(_:)`` if the name or the key is on it already.
  public func adding(_ member: Member) throws(ConsortiumError) -> ConsortiumRoster {
    try ConsortiumRoster(
      consortium: consortium, number: number + 1, coordinator: coordinator,
      members: members + [member])
  }

  /// The next roster, without the site of that name.
  ///
  /// - Throws: ``ConsortiumError/noSuchMember(_:)``.
  public func removing(_ name: String) throws(ConsortiumError) -> ConsortiumRoster {
    guard members.contains(where: { $0.name == name }) else { throw .noSuchMember(name) }
    return try ConsortiumRoster(
      consortium: consortium, number: number + 1, coordinator: coordinator,
      members: members.filter { $0.name != name })
  }
}

extension ConsortiumRoster.Member {
  /// As `ssh-keygen -l` shows the key.
  public var fingerprint: String { (try? PublicNodeKey(key))?.fingerprint ?? "" }
}
