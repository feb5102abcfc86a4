public import Foundation
import Glibc

/// Flower 1.41 as it comes from its makers, in a folder of one test.
public struct StockFlower: Sendable {
  public static let venv = URL(
    filePath: ProcessInfo.processInfo.environment["SECONDLOOK_ORACLES"] ?? "/nowhere")
  public static let isPossible =
    Certificates.isPossible
    && FileManager.default.isExecutableFile(
      atPath: venv.appending(path: "bin/flower-superlink").path)

  private static let here = URL(filePath: #filePath).deletingLastPathComponent()
  /// What the coordinator and the stock nodes run; it adds a step to every value.
  public static let analytic = here.appending(path: "Application")
  /// What SecondLook ships for coordinators.
  public static let shipped = here.appending(path: "../../../assets/flower").standardized

  public let folder: URL
  public let certificates: Certificates

  public init(in folder: URL) async throws {
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

  public func tool(_ name: String, _ arguments: [String]) -> Tool {
    Tool(
      executable: Self.venv.appending(path: "bin/\(name)"), arguments: arguments,
      environment: environment)
  }

  /// Runs a command of `flwr` to its end.
  @discardableResult
  public func flwr(_ arguments: String...) async throws -> String {
    try await tool("flwr", arguments).success(within: .seconds(600))
  }

  /// Runs a script to its end that finds the words after it as `$0`, `$1` and so on.
  private func shell(_ script: String, _ words: String...) async throws {
    try await Tool(
      executable: URL(filePath: "/bin/sh"), arguments: ["-ec", script] + words,
      environment: environment
    ).success(within: .seconds(600))
  }

  /// A SuperLink with TLS and node authentication, which knows these keys.
  public func superLink(
    knowing keys: [String] = []
  ) async throws -> (process: Launched, port: Int) {
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
      for key in keys { try await register(key) }
      return (process, port)
    } catch {
      await end([process])
      throw error
    }
  }

  /// A SuperLink that lets everybody in, without TLS: hundreds of keys are not made known to one in
  /// the time of a test.
  public func openSuperLink() async throws -> (process: Launched, port: Int) {
    let port = Int(freePort())
    try Data(
      """
      [superlink]
      default = "test"
      [superlink.test]
      address = "127.0.0.1:\(port)"
      insecure = true
      """.utf8
    ).write(to: folder.appending(path: "config.toml"))
    return (
      try await launch(
        [
          "--insecure", "--port", "\(port)", "--disable-runtime-dependency-installation",
          "--database", folder.appending(path: "superlink.db").path,
        ], log: "superlink.log"), port
    )
  }

  /// The SuperLink of this folder, as the last one left its database.
  public func superLink(at port: Int, log: String) async throws -> Launched {
    try await launch(
      [
        "--port", "\(port)", "--enable-supernode-auth",
        "--disable-runtime-dependency-installation",
        "--database", folder.appending(path: "superlink.db").path,
        "--ssl-certfile", certificates.site.path, "--ssl-keyfile", certificates.key.path,
        "--ssl-ca-certfile", certificates.authority.path,
      ], log: log)
  }

  private func launch(_ arguments: [String], log: String) async throws -> Launched {
    let process = try tool("flower-superlink", arguments)
      .launch(writingTo: folder.appending(path: log))
    do {
      _ = try await process.says(#/Uvicorn running/#, within: .seconds(600))
      return process
    } catch {
      await end([process])
      throw error
    }
  }

  /// Makes a key known to the SuperLink that runs, by its line in the form of OpenSSH.
  public func register(_ key: String) async throws {
    let file = folder.appending(path: "key-\(UUID().uuidString).pub")
    try Data("\(key)\n".utf8).write(to: file)
    try await flwr("supernode", "register", file.path, "test")
  }

  /// A key as stock nodes read it, and as `flwr supernode register` does.
  public func newKey() async throws -> (file: URL, openSSH: String, pem: String) {
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
    let output = try await tool("python", ["-c", script, file.path]).success()
    let lines = output.split(separator: "\n", maxSplits: 1).map(String.init)
    return (file, lines[0], lines[1])
  }

  /// A stock node that adds a step to every value, of so many examples.
  public func superNode(_ key: URL, port: Int, step: Double, examples: Int) throws -> Launched {
    try tool(
      "flower-supernode",
      [
        "--superlink", "127.0.0.1:\(port)", "--root-certificates", certificates.authority.path,
        "--auth-supernode-private-key", key.path, "--port", "\(freePort())",
        "--node-config", "step=\(step) examples=\(examples)",
      ]
    ).launch(writingTo: folder.appending(path: "supernode.log"))
  }

  /// A copy of an application, which its makers' tools may write into.
  public func copy(of application: URL) throws -> URL {
    let copy = folder.appending(path: "app-\(application.lastPathComponent)")
    try FileManager.default.copyItem(at: application, to: copy)
    return copy
  }

  /// A copy of what SecondLook ships, in which stock nodes do not decline but add their step.
  public func shippedWithSteps() throws -> URL {
    let copy = try copy(of: Self.shipped)
    let client = copy.appending(path: "secondlook_federation/client.py")
    try FileManager.default.removeItem(at: client)
    try FileManager.default.copyItem(
      at: Self.analytic.appending(path: "analytic/client.py"), to: client)
    return copy
  }

  /// Makes what the shipped application begins with out of a model's weights.
  public func writeInitialModel(from weights: URL, in state: URL) async throws {
    try FileManager.default.createDirectory(at: state, withIntermediateDirectories: true)
    try await shell(
      #"cd "$0"; exec python -m secondlook_federation.model "$1" "$2""#, Self.shipped.path,
      weights.path, state.appending(path: "initial.npz").path)
  }

  /// Puts a site on the roster of the shipped application, by its line in the form of OpenSSH.
  public func putOnRoster(_ name: String, _ key: String, in state: URL) async throws {
    try await shell(
      #"cd "$0"; exec python -m secondlook_federation.roster "$1" add "$2" "$3""#,
      Self.shipped.path, state.path, name, key)
  }

  /// The application `secondlook/analytic` 1.0.0 as one file, as it travels.
  public func packed() async throws -> [UInt8] {
    try await shell(
      #"cd "$0"; flwr build --app "$1""#, folder.path, try copy(of: Self.analytic).path)
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    guard let file = files.first(where: { $0.pathExtension == "fab" }) else {
      throw CocoaError(.fileNoSuchFile)
    }
    return [UInt8](try Data(contentsOf: file))
  }

  /// Asks these to stop, waits until they have, and ends whatever they leave behind.
  ///
  /// A SuperLink starts its programs in a session of their own; when it is killed, or too slow to
  /// stop them, they go on without it.
  public func end(_ processes: [Launched]) async {
    for process in processes { process.signal(SIGTERM, toGroup: true) }
    for process in processes { _ = await process.end() }
    let end = ContinuousClock.now + .seconds(60)
    // Each may have begun another at the moment when it is ended.
    while case let rest = running, !rest.isEmpty, .now < end {
      for process in rest { kill(process, SIGKILL) }
      try? await Task.sleep(for: .milliseconds(20))
    }
  }

  /// The programs of this folder that run, whoever started them.
  public var running: [pid_t] {
    let mark = Array("FLWR_HOME=\(folder.path)".utf8)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { pid_t($0) }.filter { process in
      let words = try? Data(contentsOf: URL(filePath: "/proc/\(process)/environ"))
      return words?.split(separator: 0).contains { $0.elementsEqual(mark) } == true
    }
  }
}
