import Foundation
import TestSupport
import Testing

@testable import Federation

@Suite(
  "The proxy lets sites with a certificate ask what nodes ask, and nothing else",
  .enabled(if: Proxy.isPossible, "nginx, curl or openssl is not there"))
struct ProxyTests {
  private let key = NodeKey()

  @Test("a site with a certificate goes through, whatever the size of its answer")
  func through() async throws {
    try await withFolder { folder in
      let files = try await Certificates(in: folder)
      let coordinator = EmbeddedCoordinator(admitting: .keys([key.publicPEM]))
      try await serving(
        FleetServer(coordinator, identity: (certificate: files.site, key: files.key))
      ) { port in
        try await Proxy.running(files, before: port) { front in
          try await withTransport(
            try CoordinatorAddress(
              try #require(URL(string: "https://127.0.0.1:\(front)")),
              authority: files.authority, identity: (certificate: files.site, key: files.key))
          ) { transport in
            let node = try await transport.activate(resuming: nil)
            let values = (0..<2 << 20).map { Float($0) }
            try await coordinator.ask(
              node, to: "train",
              with: [("arrays", .arrays([("w", try FleetArray(values, shape: [values.count]))]))])
            let instruction = try #require(try await transport.pull(as: node))
            let shelf = MemoryShelf()
            for id in instruction.tree.objects {
              try shelf.keep(
                try await transport.fetch(id, of: instruction.run, as: node), as: id)
            }
            let message = try FleetMessage(instruction.tree, from: shelf)
            let heading = try message.heading.answer(to: instruction.message, at: Date())
            try await transport.push(
              DeflatedMessage(FleetMessage(heading, try addingStep(1, to: message).content)),
              as: node)
            let answers = try await coordinator.answers(within: .seconds(600))
            #expect(try answers[node]?["arrays"]?.array("w")?.floats() == values.map { $0 + 1 })
          }
        }
      }
    }
  }

  private func withTransport<Result>(
    _ address: CoordinatorAddress, _ body: (FlowerTransport) async throws -> Result
  ) async throws -> Result {
    let transport = FlowerTransport(address, key: key)
    do {
      let result = try await body(transport)
      await transport.close()
      return result
    } catch {
      await transport.close()
      throw error
    }
  }

  @Test("a site without a certificate, or with a stranger's, is told so")
  func certificates() async throws {
    try await withFolder { folder in
      let files = try await Certificates(in: folder)
      try await Proxy.running(files, before: Int(freePort())) { front in
        for identity in [nil, (certificate: files.stranger, key: files.strangerKey)] {
          let address = try CoordinatorAddress(
            try #require(URL(string: "https://127.0.0.1:\(front)")),
            authority: files.authority, identity: identity)
          await #expect(throws: FleetError.certificateRefused(server: "127.0.0.1:\(front)")) {
            try await withTransport(address) { try await $0.activate(resuming: nil) }
          }
        }
      }
    }
  }

  @Test("no other path, method or length reaches the SuperLink")
  func walls() async throws {
    try await withFolder { folder in
      let files = try await Certificates(in: folder)
      let behind = try ScriptedServer { _ in .answer(200) }
      try await Proxy.running(files, before: Int(behind.port), isSecure: false) { front in
        func status(_ path: String, _ options: String...) async throws -> String {
          try await Tool(
            executable: URL(filePath: "/usr/bin/curl"),
            arguments: [
              "-s", "-o", "/dev/null", "-w", "%{http_code}", "--path-as-is",
              "--cacert", files.authority.path, "--cert", files.site.path,
              "--key", files.key.path,
            ] + options + ["https://127.0.0.1:\(front)\(path)"]
          ).outcome().output
        }
        let post = ["-X", "POST", "-d", ""]
        for path in [
          "/", "/v1/control/list-runs", "/v1/runtime/acquire-task", "/v1/fleet/",
          "/v1/fleet/../control/list-runs", "/v1/fleet/..%2fcontrol/list-runs",
          "/v1/fleet/pull-object/../../control/x", "/v1/fleet/pull-object%00", "/v1/FLEET/get-run",
        ] {
          let got = try await status(path, post[0], post[1], post[2], post[3])
          #expect(got == "404" || got == "400", "\(path): \(got)")
        }
        #expect(try await status("/v1/fleet/get-run") == "403")
        let long = folder.appending(path: "long")
        try Data(count: 9 << 20).write(to: long)
        #expect(
          try await status("/v1/fleet/push-object", "--data-binary", "@\(long.path)") == "413")
        #expect(behind.requests.isEmpty)
        // What it is there for goes through, and without what was hung onto it.
        #expect(
          try await status("/v1/fleet/get-run?x=1", post[0], post[1], post[2], post[3]) == "200")
        #expect(behind.requests.map(\.target) == ["/v1/fleet/get-run"])
      }
    }
  }
}

/// nginx with the configuration that is shipped, on ports and with certificates of one test.
enum Proxy {
  private static let nginx = "/usr/sbin/nginx"
  static let isPossible =
    Certificates.isPossible
    && [nginx, "/usr/bin/curl"].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }

  /// Runs the body while the proxy stands before a port of this machine.
  static func running<Result>(
    _ files: Certificates, before port: Int, isSecure: Bool = true,
    _ body: (Int) async throws -> Result
  ) async throws -> Result {
    let front = Int(freePort())
    var shipped = try String(
      contentsOf: StockFlower.shipped.appending(path: "nginx.conf"), encoding: .utf8)
    let place = "/etc/secondlook/federation/"
    for (from, to) in [
      ("server 127.0.0.1:8000;", "server 127.0.0.1:\(port);"),
      ("listen 8443 ssl;", "listen 127.0.0.1:\(front) ssl;"),
      ("\(place)coordinator.pem", files.site.path),
      ("\(place)coordinator-key.pem", files.key.path),
      ("\(place)sites.pem", files.authority.path),
      ("\(place)superlink-authority.pem", files.authority.path),
    ] {
      try #require(shipped.contains(from), "\(from)")
      shipped = shipped.replacing(from, with: to)
    }
    if !isSecure { shipped = shipped.replacing("proxy_pass https:", with: "proxy_pass http:") }
    let folder = files.folder.path
    let settings = files.folder.appending(path: "nginx.conf")
    try Data(
      """
      daemon off; pid \(folder)/pid; error_log stderr notice; worker_processes 1;
      events {}
      http {
        access_log off;
        client_body_temp_path \(folder)/body; proxy_temp_path \(folder)/proxy;
        fastcgi_temp_path \(folder)/f; uwsgi_temp_path \(folder)/u; scgi_temp_path \(folder)/s;
        \(shipped)
      }
      """.utf8
    ).write(to: settings)
    let proxy = try Tool(
      executable: URL(filePath: nginx), arguments: ["-p", folder, "-c", settings.path]
    ).launch(writingTo: files.folder.appending(path: "nginx.log"))
    let result: Swift.Result<Result, any Error>
    do {
      _ = try await proxy.says(#/start worker process/#)
      result = .success(try await body(front))
    } catch { result = .failure(error) }
    proxy.signal(SIGTERM, toGroup: true)
    _ = await proxy.end()
    return try result.get()
  }
}
