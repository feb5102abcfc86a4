/// The one way between the coordinator and the sites: bytes there, bytes back.
public protocol Channel: Sendable {
  /// Carries a message to a site and brings the site's answer back.
  ///
  /// - Throws: ``FederationError/unknownPartner`` for a site nobody can reach, and what keeps the
  ///   site from answering.
  func carry(_ message: [UInt8], to site: String) async throws -> [UInt8]
}

/// A site as the coordinator meets it: it has a name, and answers bytes with bytes.
public protocol Party: Sendable {
  var name: String { get }
  func answer(_ message: [UInt8]) async throws -> [UInt8]
}

/// The channel inside one process.
public struct LocalChannel: Channel {
  private let parties: [any Party]

  public init(_ parties: [any Party]) { self.parties = parties }

  public func carry(_ message: [UInt8], to site: String) async throws -> [UInt8] {
    guard let party = parties.first(where: { $0.name == site }) else {
      throw FederationError.unknownPartner
    }
    return try await party.answer(message)
  }
}
