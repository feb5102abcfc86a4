public import Federation
public import Foundation
public import Radiology

/// Where a site keeps what it needs to take part in a federation: `federation/` of the store's
/// folder, for its owner only.
public struct FederationFiles: Sendable {
  private let folder: URL

  public init(home: URL) { folder = home.appending(path: "federation") }

  /// The node's own: its key, its number, the instruction it works on.
  public var node: URL { folder.appending(path: "node") }
  /// Certificates in PEM of who signs for the coordinator.
  public var authority: URL { folder.appending(path: "authority.pem") }
  /// The site's certificate for a proxy that wants to know its clients, and its key.
  public var certificate: URL { folder.appending(path: "certificate.pem") }
  public var certificateKey: URL { folder.appending(path: "certificate-key.pem") }

  /// - Throws: `FleetError` for an address or a file that cannot be used.
  public func address(of seat: FederationSeat) throws(FleetError) -> CoordinatorAddress {
    guard let url = URL(string: seat.url) else {
      throw .unusableFile(what: "coordinator's address", reason: "it is no address")
    }
    return try CoordinatorAddress(
      url, authority: seat.hasAuthority ? authority : nil,
      identity: seat.hasCertificate ? (certificate, certificateKey) : nil)
  }

  /// Keeps copies of the files that a sysadmin names, so that it matters to nobody where they lay.
  ///
  /// - Throws: `FleetError.unusableFile` for one that cannot be read or kept.
  public func keep(
    authority: URL?, identity: (certificate: URL, key: URL)?
  ) throws(FleetError) {
    try make()
    try keep(authority, as: self.authority, "coordinator's authority")
    try keep(identity?.certificate, as: certificate, "client certificate")
    try keep(identity?.key, as: certificateKey, "client certificate's key")
  }

  /// Makes the folder, for its owner only.
  private func make() throws(FleetError) {
    do {
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch { throw .notKept(because: error) }
  }

  private func keep(_ file: URL?, as place: URL, _ what: String) throws(FleetError) {
    guard let file else {
      try? FileManager.default.removeItem(at: place)
      return
    }
    guard let bytes = try? Data(contentsOf: file) else {
      throw .unusableFile(what: what, reason: "\(file.path) cannot be read")
    }
    do {
      try bytes.write(to: place, options: .atomic)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: place.path)
    } catch { throw .notKept(because: error) }
  }
}
