import Foundation
import TestSupport
import Testing

@testable import Federation

/// Flower 1.41 as it comes from its makers, in a folder of one test.
struct StockFlower {
  static let venv = URL(
    filePath: ProcessInfo.processInfo.environment["SECONDLOOK_ORACLES"] ?? "/nowhere")
  static let isPossible =
    Certificates.isPossible
    && FileManager.default.isExecutableFile(
      atPath: venv.appending(path: "bin/flower-superlink").path)

  static let here = URL(filePath: #filePath).deletingLastPathComponent()
  /// What the coordinator and the stock nodes run; it adds a step to every value.
  static let analytic = here.appending(path: "Application")
  /// What SecondLook ships for coordinators.
  static let shipped = here.appending(path: "../../../assets/flower").standardized

  let folder: URL
  let certificates: Certificates

  init(in folder: URL) async throws {
    self.folder = folder
    certificates = try await Certificates(in: folder)
  }

  private var environment: [String: String] {
    [
      "PATH": Self.venv.appending(path: "bin").path + ":/usr/bin:/bin", "HOME": folder.path,
      "FLWR_HOME": folder.path, "FLWR_TELEMETRY_ENABLED": "0", "FLWR_DISABLE_UPDATE_CHECK": "1",
      // Its apps come from a copy, so that no caches are left among the sources.
      "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": folder.path,
    ]
  }

  func tool(_ name: String, _ arguments: [String]) -> Tool {
    Tool(
      executable: Self.venv.appending(path: "bin/\(name)"), arguments: arguments,
      environment: environment)
  }

  /// Runs a command of `flwr` to its end.
  @discardableResult
  func flwr(_ arguments: String...) async throws -> String {
    let outcome = try await tool("flwr", arguments).outcome(within: .seconds(600))
    try #require(outcome.status == 0, "\(outcome)")
    return outcome.output
  }

  /// A SuperLink with TLS and node authentication, which knows these keys.
  func superLink(knowing keys: [String]) async throws -> (process: Launched, port: Int) {
    let port = Int(freePort())
    try Data(
      """
      [superlink]
      default = "test"
      [superlink.test]
      address = "127.0.0.1:\(port)"
      root-certificates = "\(certificates.authority.path)"
      """.utf8
    ).write(to: folder.appending(path: "config.toml"))
    let process = try await superLink(at: port, log: "superlink.log")
    do {
      for (index, key) in keys.enumerated() {
        let file = folder.appending(path: "key-\(index).pub")
        try Data("\(key)\n".utf8).write(to: file)
        try await flwr("supernode", "register", file.path, "test")
      }
      return (process, port)
    } catch {
      await Self.end([process])
      throw error
    }
  }

  /// The SuperLink of this folder, as the last one left its database.
  func superLink(at port: Int, log: String) async throws -> Launched {
    let process = try tool(
      "flower-superlink",
      [
        "--port", "\(port)", "--enable-supernode-auth",
        "--disable-runtime-dependency-installation",
        "--database", folder.appending(path: "superlink.db").path,
        "--ssl-certfile", certificates.site.path, "--ssl-keyfile", certificates.key.path,
        "--ssl-ca-certfile", certificates.authority.path,
      ]
    ).launch(writingTo: folder.appending(path: log))
    do {
      _ = try await process.says(#/Uvicorn running/#, within: .seconds(600))
      return process
    } catch {
      await Self.end([process])
      throw error
    }
  }

  /// A key as stock nodes read it, and as `flwr supernode register` does.
  func newKey() async throws -> (file: URL, openSSH: String, pem: String) {
    let file = folder.appending(path: "stock-key")
    let script = """
      import sys
      from cryptography.hazmat.primitives import serialization as s
      from cryptography.hazmat.primitives.asymmetric import ec
      key = ec.generate_private_key(ec.SECP384R1())
      none = s.NoEncryption()
      with open(sys.argv[1], "wb") as file:
          file.write(key.private_bytes(s.Encoding.PEM, s.PrivateFormat.OpenSSH, none))
      key = key.public_key()
      ssh = key.public_bytes(s.Encoding.OpenSSH, s.PublicFormat.OpenSSH)
      print(ssh.decode())
      print(key.public_bytes(s.Encoding.PEM, s.PublicFormat.SubjectPublicKeyInfo).decode(), end="")
      """
    let outcome = try await tool("python", ["-c", script, file.path]).outcome()
    try #require(outcome.status == 0, "\(outcome)")
    let lines = outcome.output.split(separator: "\n", maxSplits: 1).map(String.init)
    return (file, lines[0], lines[1])
  }

  /// A stock node that adds a step to every value, of so many examples.
  func superNode(_ key: URL, port: Int, step: Int, examples: Int) throws -> Launched {
    try tool(
      "flower-supernode",
      [
        "--superlink", "127.0.0.1:\(port)", "--root-certificates", certificates.authority.path,
        "--auth-supernode-private-key", key.path, "--port", "\(freePort())",
        "--node-config", "step=\(step).0 examples=\(examples)",
      ]
    ).launch(writingTo: folder.appending(path: "supernode.log"))
  }

  /// A copy of an application, which its makers' tools may write into.
  func copy(of application: URL) throws -> URL {
    let copy = folder.appending(path: "app-\(application.lastPathComponent)")
    try FileManager.default.copyItem(at: application, to: copy)
    return copy
  }

  /// The application as one file, as it travels.
  func packedApplication() async throws -> EmbeddedCoordinator.Application {
    let copy = try copy(of: Self.analytic)
    let outcome = try await Tool(
      executable: URL(filePath: "/bin/sh"),
      arguments: [
        "-ec", "cd \"$0\" && flwr build --app \"$1\"", folder.path, copy.path,
      ], environment: environment
    ).outcome(within: .seconds(600))
    try #require(outcome.status == 0, "\(outcome)")
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    let file = try #require(files.first { $0.pathExtension == "fab" })
    return EmbeddedCoordinator.Application(
      identifier: "secondlook/analytic", version: "1.0.0",
      bytes: [UInt8](try Data(contentsOf: file)))
  }

  /// Asks these to stop, and waits until they have.
  static func end(_ processes: [Launched]) async {
    for process in processes { process.signal(SIGTERM, toGroup: true) }
    for process in processes { _ = await process.end() }
  }
}
