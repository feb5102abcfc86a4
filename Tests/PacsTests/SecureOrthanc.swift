import Foundation
import TestSupport
import Testing

/// Orthanc as a hospital would run it: with a password, and behind a program that speaks TLS.
///
/// The script beside the project starts one without both. Debian's Orthanc cannot speak TLS itself:
/// it crashes at the first request (1.10.1 with OpenSSL 3).
struct SecureOrthanc {
  /// Everything of this one; the certificates are in there.
  let folder: URL
  /// Port for HTTPS.
  let https = freePort()
  private let http = freePort()
  /// The authority that signed its certificate, and one that did not.
  var authority: URL { folder.appending(path: "authority.pem") }
  var stranger: URL { folder.appending(path: "stranger.pem") }
  /// The password of “reader”, for nobody else to read.
  var password: URL { folder.appending(path: "password") }
  private static let secret = "correct horse"

  private static let plugin = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so"
  static let isHere = ["/usr/sbin/Orthanc", plugin, "/usr/bin/openssl", "/usr/bin/socat"].allSatisfy
  {
    FileManager.default.fileExists(atPath: $0)
  }

  /// Runs the body while it runs.
  static func running<Result>(
    _ body: (SecureOrthanc) async throws -> Result
  ) async throws -> Result {
    let folder = try Receiver.newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let orthanc = SecureOrthanc(folder: folder)
    try await orthanc.prepare()
    let process = try Tool(
      executable: URL(filePath: "/usr/sbin/Orthanc"),
      arguments: [folder.appending(path: "orthanc.json").path]
    ).launch(writingTo: folder.appending(path: "log"))
    let tls = try Tool(
      executable: URL(filePath: "/usr/bin/socat"),
      arguments: [
        "-d", "-d",
        "OPENSSL-LISTEN:\(orthanc.https),bind=127.0.0.1,fork,reuseaddr,verify=0,"
          + "cert=\(folder.path)/site.pem,key=\(folder.path)/site-key.pem",
        "TCP:127.0.0.1:\(orthanc.http)",
      ]
    ).launch(writingTo: folder.appending(path: "tls-log"))
    let result: Swift.Result<Result, any Error>
    do {
      _ = try await tls.says(#/listening on/#)
      _ = try await process.says(#/Orthanc has started/#, within: .seconds(60))
      result = .success(try await body(orthanc))
    } catch {
      result = .failure(error)
    }
    tls.signal(SIGTERM, toGroup: true)
    process.signal(SIGTERM)
    _ = await tls.end()
    _ = await process.end()
    return try result.get()
  }

  private func prepare() async throws {
    _ = try await Certificates(in: folder)
    try Data("\(Self.secret)\n".utf8).write(to: password)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: password.path)

    let settings: [String: Any] = [
      "StorageDirectory": folder.path, "IndexDirectory": folder.path, "HttpPort": Int(http),
      "DicomServerEnabled": false, "RemoteAccessAllowed": false,
      "AuthenticationEnabled": true, "RegisteredUsers": ["reader": Self.secret],
      "Plugins": [Self.plugin], "DicomWeb": ["Enable": true, "Root": "/dicom-web/"],
    ]
    try JSONSerialization.data(withJSONObject: settings)
      .write(to: folder.appending(path: "orthanc.json"))
  }

  /// Puts a file into it.
  func store(_ file: URL) async throws {
    let outcome = try await Tool(
      executable: URL(filePath: "/usr/bin/curl"),
      arguments: [
        "-sSf", "--cacert", authority.path, "-u", "reader:\(Self.secret)", "--data-binary",
        "@\(file.path)", "https://127.0.0.1:\(https)/instances",
      ]
    ).outcome()
    try #require(outcome.status == 0, "\(outcome)")
  }
}
