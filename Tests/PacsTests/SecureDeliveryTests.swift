import Foundation
import Radiology
import Store
import TestSupport
import Testing

/// Reports go to who proves to be the destination, and to nobody else.
@Suite(.enabled(if: hasDCMTK && SecureFront.isHere))
struct SecureDeliveryTests {
  /// What stands behind the front: one of each kind that speaks TLS with an authority of its own.
  enum Kind: String, CaseIterable { case dicom, fhir, mllp }

  @Test(
    "a destination with a certificate of the private authority gets the report",
    arguments: Kind.allCases)
  func trusted(kind: Kind) async throws {
    let (item, count) = try await deliver(to: kind, showing: "site")
    #expect(item.state == .delivered, "\(item)")
    #expect(count == 1)
  }

  @Test(
    "one with a stranger's certificate, or one whose time is over, gets nothing, and that is said",
    arguments: Kind.allCases, ["stranger", "expired"])
  func untrusted(kind: Kind, certificate: String) async throws {
    let (item, count) = try await deliver(to: kind, showing: certificate)
    #expect(item.state == .waiting && count == 0, "\(item)")
    #expect(item.code == .untrusted, "\(item)")
    #expect(item.reason?.contains("certificate") == true, "\(item)")
    // Nothing was sent, so there is nothing to doubt.
    #expect(!item.isUncertain)
  }

  @Test(
    "one that wants to know who we are is shown our certificate where the configuration has one",
    arguments: [Kind.dicom, .mllp])
  func caller(kind: Kind) async throws {
    let (item, count) = try await deliver(
      to: kind, showing: "site", asksForOurs: true, as: "caller")
    #expect(item.state == .delivered && count == 1, "\(item)")
  }

  @Test(
    "without a certificate of ours, or with a stranger's, it takes nothing",
    arguments: [Kind.dicom, .mllp], [nil, "stranger"])
  func noCaller(kind: Kind, certificate: String?) async throws {
    let (item, count) = try await deliver(
      to: kind, showing: "site", asksForOurs: true, as: certificate)
    #expect(item.state == .waiting && count == 0, "\(item)")
    #expect(item.reason?.isEmpty == false && item.code?.concernsDestination == true, "\(item)")
  }

  /// What became of a report after one attempt, and how many the destination has.
  private func deliver(
    to kind: Kind, showing certificate: String, asksForOurs: Bool = false, as own: String? = nil
  ) async throws -> (OutboxItem, Int) {
    let certificates = try await Certificates()
    defer { certificates.clean() }
    switch kind {
    case .dicom:
      return try await StoringPeer.running { peer in
        let item = try await deliver(
          "kind = \"dicom\"\nhost = \"127.0.0.1\"\nae_title = \"ANY\"\nformats = [\"sr\"]",
          to: peer.port, certificates, certificate, asksForOurs, own)
        return (item, try peer.files().count)
      }
    case .mllp:
      let peer = try ScriptedInterface { _, _ in .file("AA") }
      let item = try await deliver(
        "kind = \"mllp\"\nhost = \"127.0.0.1\"", to: peer.port, certificates, certificate,
        asksForOurs, own)
      return (item, peer.received.count)
    case .fhir:
      let peer = try FHIRKeeper()
      let item = try await deliver(
        "kind = \"fhir\"", to: peer.server.port, certificates, certificate, asksForOurs, own)
      return (item, peer.documents.count)
    }
  }

  private func deliver(
    _ settings: String, to port: UInt16, _ certificates: Certificates, _ certificate: String,
    _ asksForOurs: Bool, _ own: String?
  ) async throws -> OutboxItem {
    try await SecureFront.running(
      before: port, certificates, as: certificate, asksForCertificate: asksForOurs
    ) { front in
      let authorities = "authorities = \"\(certificates.path("authority"))\""
      let identity = own.map {
        "certificate = \"\(certificates.path($0))\"\nkey = \"\(certificates.path("\($0)-key"))\"\n"
      }
      let trust =
        settings.contains("fhir")
        ? "url = \"https://127.0.0.1:\(front)/fhir\"\n\(authorities)"
        : "port = \(front)\n[destination.tls]\n\(authorities)\n\(identity ?? "")"
      let site = try await DeliveringSite(
        "[[destination]]\nname = \"peer\"\n\(settings)\n\(trust)\n")
      defer { site.program.clean() }
      _ = try await site.deliver()
      return try #require(try site.items().first)
    }
  }
}

/// A program that speaks TLS before one that does not.
enum SecureFront {
  static let isHere = ["/usr/bin/openssl", "/usr/bin/socat"].allSatisfy {
    FileManager.default.fileExists(atPath: $0)
  }

  /// Runs the body with the port of a front before another port.
  static func running<Result>(
    before port: UInt16, _ certificates: Certificates, as name: String, asksForCertificate: Bool,
    _ body: (UInt16) async throws -> Result
  ) async throws -> Result {
    let front = freePort()
    let asking =
      asksForCertificate ? "verify=1,cafile=\(certificates.path("authority"))" : "verify=0"
    let process = try Tool(
      executable: URL(filePath: "/usr/bin/socat"),
      arguments: [
        "-d", "-d",
        "OPENSSL-LISTEN:\(front),bind=127.0.0.1,fork,reuseaddr,\(asking),"
          + "cert=\(certificates.path(name)),key=\(certificates.path("\(name)-key"))",
        "TCP:127.0.0.1:\(port)",
      ]
    ).launch(writingTo: certificates.folder.appending(path: "log"))
    let result: Swift.Result<Result, any Error>
    do {
      _ = try await process.says(#/listening on/#)
      result = .success(try await body(front))
    } catch { result = .failure(error) }
    process.signal(SIGTERM, toGroup: true)
    _ = await process.end()
    return try result.get()
  }
}
