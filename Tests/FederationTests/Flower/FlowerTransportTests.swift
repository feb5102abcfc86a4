import Crypto
import Foundation
import SwiftProtobuf
import TestSupport
import Testing

@testable import Federation

@Suite("A node speaks the Fleet API, and believes no answer that it should not")
struct FlowerTransportTests {
  private let key = NodeKey()
  private let node = NodeID(rawValue: 42)

  /// Asks a server that answers as the test says.
  private func ask<Result>(
    _ server: ScriptedServer, waiting answer: Duration = .seconds(600),
    cut: Duration = .seconds(600), of folder: NodeFolder? = nil,
    now: @escaping @Sendable () -> Date = { Date() },
    _ body: (FlowerTransport) async throws -> Result
  ) async throws -> Result {
    let url = try #require(URL(string: "http://127.0.0.1:\(server.port)"))
    let address = try CoordinatorAddress(
      url,
      patience: .init(
        connecting: .seconds(600), answer: answer, pause: .milliseconds(1), cut: cut))
    let transport =
      folder.map { FlowerTransport(address, of: $0, now: now) }
      ?? FlowerTransport(address, key: key, now: now)
    do {
      let result = try await body(transport)
      await transport.close()
      return result
    } catch {
      await transport.close()
      throw error
    }
  }

  private static func refusal(_ status: Int, _ code: Int) -> [ScriptedServer.Step] {
    .answer(
      status, "Content-Type: application/json",
      body: Array(#"{"code":\#(code),"detail":"no"}"#.utf8))
  }

  private static func proto(_ message: some Message) -> [ScriptedServer.Step] {
    .answer(
      200, "Content-Type: application/protobuf",
      body: (try? message.serializedBytes() as [UInt8]) ?? [])
  }

  @Test("every question carries the key, the time, and a signature of the time")
  func proof() async throws {
    let server = try ScriptedServer { _ in
      Self.proto(ProtoSendNodeHeartbeatResponse.with { $0.success = true })
    }
    try await ask(server) { try await $0.beat(as: node) }
    let request = try #require(server.requests.first)
    #expect(request.target == "/v1/fleet/send-node-heartbeat")
    #expect(request.field("content-type") == "application/protobuf")
    #expect(request.field("accept") == "application/protobuf")
    let pem = try #require(Data(base64Encoded: request.field("flwr-public-key")))
    #expect(pem.last == UInt8(ascii: "\n"))
    let time = request.field("flwr-timestamp")
    #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00/) != nil)
    let signature = try P384.Signing.ECDSASignature(
      derRepresentation: try #require(Data(base64Encoded: request.field("flwr-signature"))))
    let shown = try P384.Signing.PublicKey(
      pemRepresentation: String(decoding: pem, as: UTF8.self))
    #expect(shown.isValidSignature(signature, for: SHA256.hash(data: Data(time.utf8))))
    let asked = try ProtoSendNodeHeartbeatRequest(serializedBytes: request.body)
    #expect(asked.node.nodeID == 42 && asked.heartbeatInterval == 30)
  }

  @Test("a node that was stopped goes on under its number while it is still taken for online")
  func resuming() async throws {
    let server = try ScriptedServer { request in
      request.target.hasSuffix("activate-node")
        ? Self.refusal(412, 2004)
        : Self.proto(ProtoSendNodeHeartbeatResponse.with { $0.success = true })
    }
    #expect(try await ask(server) { try await $0.activate(resuming: node) } == node)
    #expect(
      server.requests.map(\.target) == [
        "/v1/fleet/activate-node", "/v1/fleet/send-node-heartbeat",
      ])
  }

  @Test("a new key is registered where everybody is let in, and said to be unknown where not")
  func registering() async throws {
    let open = try ScriptedServer { request in
      switch (request.target, request.count) {
      case ("/v1/fleet/activate-node", 1): Self.refusal(412, 2004)
      case ("/v1/fleet/activate-node", _):
        Self.proto(ProtoActivateNodeResponse.with { $0.nodeID = 7 })
      default: Self.proto(ProtoRegisterNodeFleetResponse.with { $0.nodeID = 7 })
      }
    }
    #expect(try await ask(open) { try await $0.activate(resuming: nil) }.rawValue == 7)
    let closed = try ScriptedServer { request in
      Self.refusal(412, request.target.hasSuffix("register-node") ? 2001 : 2004)
    }
    await #expect(throws: FleetError.unknownKey(server: "127.0.0.1:\(closed.port)")) {
      try await ask(closed) { try await $0.activate(resuming: nil) }
    }
  }

  @Test("an answer that the server wants nothing of was dropped, and that is an error")
  func dropped() async throws {
    let server = try ScriptedServer { _ in Self.proto(ProtoPushMessagesResponse()) }
    let answer = try DeflatedMessage(goldenMessage())
    await #expect(throws: FleetError.replyDropped(server: "127.0.0.1:\(server.port)")) {
      try await ask(server) { try await $0.push(answer, as: node) }
    }
  }

  @Test("an answer that the server heard of before, and wants nothing of, was taken")
  func taken() async throws {
    let server = try ScriptedServer { _ in Self.proto(ProtoPushMessagesResponse()) }
    let answer = try DeflatedMessage(goldenMessage())
    try await ask(server) { try await $0.push(answer, as: node, before: true) }
    #expect(server.requests.count == 1)
  }

  @Test("an announcement whose answer is not heard is not made again as if it were the first")
  func unheard() async throws {
    let server = try ScriptedServer { _ in [] }
    let answer = try DeflatedMessage(goldenMessage())
    await #expect(throws: FleetError.brokeOff(server: "127.0.0.1:\(server.port)")) {
      try await ask(server) { try await $0.push(answer, as: node) }
    }
    #expect(server.requests.count == 1)
  }

  @Test("an object that arrived, though nobody heard so, is not wanted any more")
  func arrivedUnheard() async throws {
    let answer = try DeflatedMessage(goldenMessage())
    let names = answer.tree.objects.map(\.description)
    let server = try ScriptedServer { request in
      if request.target.hasSuffix("push-messages") {
        // The third object has arrived by the second time.
        let wanted = request.count == 1 ? names : request.count == 2 ? [names[5]] : []
        return Self.proto(ProtoPushMessagesResponse.with { $0.objectsToPush = wanted })
      }
      return request.count == 3
        ? [] : Self.proto(ProtoPushObjectResponse.with { $0.stored = request.count != 4 })
    }
    try await ask(server) { try await $0.push(answer, as: node) }
    let pushed = try server.requests.filter { $0.target.hasSuffix("push-object") }.map {
      try ProtoPushObjectRequest(serializedBytes: $0.body).objectID
    }
    #expect(pushed == names[..<3] + names[2...] + [names[5]])
  }

  @Test("of an answer exactly the objects that are wanted follow, children first")
  func wanted() async throws {
    let answer = try DeflatedMessage(goldenMessage())
    let names = answer.tree.objects.map(\.description)
    let missing = [names[10], names[2], names[0]]
    let server = try ScriptedServer { request in
      request.target.hasSuffix("push-messages")
        ? Self.proto(
          ProtoPushMessagesResponse.with {
            $0.objectsToPush = missing
            $0.sessionID = "s1"
          }) : Self.proto(ProtoPushObjectResponse.with { $0.stored = true })
    }
    try await ask(server) { try await $0.push(answer, as: node) }
    let pushed = try server.requests.dropFirst().map {
      try ProtoPushObjectRequest(serializedBytes: $0.body)
    }
    #expect(pushed.map(\.objectID) == [names[0], names[2], names[10]])
    #expect(pushed.allSatisfy { $0.sessionID == "s1" && $0.runID == 77 })
    for object in pushed {
      #expect(ObjectID(of: object.objectContent).description == object.objectID)
    }
    let announced = try ProtoPushMessagesRequest(serializedBytes: server.requests[0].body)
    #expect(announced.messagesList[0].metadata.messageID == names[10])
    #expect(announced.messagesList[0].hasContent)
  }

  @Test("a line that is cut in the middle of an answer loses nothing: what is left follows")
  func cut() async throws {
    let answer = try DeflatedMessage(goldenMessage())
    let names = answer.tree.objects.map(\.description)
    let server = try ScriptedServer { request in
      if request.target.hasSuffix("push-messages") {
        return Self.proto(ProtoPushMessagesResponse.with { $0.objectsToPush = names })
      }
      return (3...7).contains(request.count)
        ? [] : Self.proto(ProtoPushObjectResponse.with { $0.stored = true })
    }
    try await ask(server) { try await $0.push(answer, as: node) }
    let pushed = try server.requests.dropFirst().map {
      try ProtoPushObjectRequest(serializedBytes: $0.body).objectID
    }
    #expect(pushed.count == names.count + 5)
    #expect(Set(pushed) == Set(names))
  }

  /// A server that is cut off at the third object of an answer, and wants nothing of it afterwards;
  /// what it says of the objects after that is for the test.
  private func forgetful(
    _ names: [String], storing: @escaping @Sendable (Int) -> Bool
  ) throws -> ScriptedServer {
    try ScriptedServer { request in
      if request.target.hasSuffix("push-messages") {
        return Self.proto(
          ProtoPushMessagesResponse.with {
            $0.objectsToPush = request.count == 1 ? names : []
            $0.sessionID = "session \(request.count)"
          })
      }
      return request.count == 3
        ? [] : Self.proto(ProtoPushObjectResponse.with { $0.stored = storing(request.count) })
    }
  }

  @Test(
    "what was left when a line was cut follows in the same session, if the server has forgotten the rest",
    arguments: [true, false])
  func forgotten(hasArrived: Bool) async throws {
    let answer = try DeflatedMessage(goldenMessage())
    let names = answer.tree.objects.map(\.description)
    let server = try forgetful(names) { $0 != 4 || !hasArrived }
    try await ask(server, cut: .zero) { way in
      await #expect(throws: FleetError.brokeOff(server: "127.0.0.1:\(server.port)")) {
        try await way.push(answer, as: node)
      }
      try await way.push(answer, as: node, before: true)
    }
    let pushed = try server.requests.filter { $0.target.hasSuffix("push-object") }.map {
      try ProtoPushObjectRequest(serializedBytes: $0.body)
    }
    #expect(pushed.map(\.objectID) == Array(names[..<3] + names[2...]))
    #expect(pushed.allSatisfy { $0.sessionID == "session 1" })
  }

  @Test("who was killed in the middle of an answer goes on in the same session, and ends it there")
  func killed() async throws {
    let answer = try DeflatedMessage(goldenMessage())
    let names = answer.tree.objects.map(\.description)
    let server = try forgetful(names) { _ in true }
    try await withFolder { place in
      let folder = try NodeFolder(place)
      _ = try await ask(server, cut: .zero, of: folder) { way in
        await #expect(throws: FleetError.brokeOff(server: "127.0.0.1:\(server.port)")) {
          try await way.push(answer, as: node)
        }
      }
      // Nothing of the first way is left but what is on the disk.
      #expect(folder.has(.pushing))
      try await ask(server, cut: .zero, of: folder) { way in
        try await way.push(answer, as: node, before: true)
      }
      #expect(!folder.has(.pushing))
    }
    let pushed = try server.requests.filter { $0.target.hasSuffix("push-object") }.map {
      try ProtoPushObjectRequest(serializedBytes: $0.body)
    }
    #expect(pushed.map(\.objectID) == Array(names[..<3] + names[2...]))
    #expect(pushed.allSatisfy { $0.sessionID == "session 1" })
  }

  @Test("what the server does not take any more either is said to be lost, and not taken for there")
  func expired() async throws {
    let answer = try DeflatedMessage(goldenMessage())
    let server = try forgetful(answer.tree.objects.map(\.description)) { $0 < 3 }
    try await ask(server, cut: .zero) { way in
      _ = try? await way.push(answer, as: node)
      await #expect(throws: FleetError.replyDropped(server: "127.0.0.1:\(server.port)")) {
        try await way.push(answer, as: node, before: true)
      }
    }
  }

  @Test("a connection that was closed in between is opened once more, and only once")
  func keptAlive() async throws {
    let server = try ScriptedServer { request in
      request.count == 1 ? [] : Self.proto(ProtoPullMessagesResponse())
    }
    #expect(try await ask(server) { try await $0.pull(as: node) } == nil)
    #expect(server.requests.count == 2)
    let gone = try ScriptedServer { _ in [] }
    await #expect(throws: FleetError.brokeOff(server: "127.0.0.1:\(gone.port)")) {
      try await ask(gone) { try await $0.pull(as: node) }
    }
    #expect(gone.requests.count == 2)
  }

  @Test("a signature that is not believed is blamed on the clock where the clock is wrong")
  func clocks() async throws {
    let server = try ScriptedServer { _ in
      .answer(401, "Date: \(HTTPDate.text(Date()))")
    }
    let name = "127.0.0.1:\(server.port)"
    await #expect(throws: FleetError.unknownKey(server: name)) {
      try await ask(server) { try await $0.beat(as: node) }
    }
    for minutes in [10.0, -10] {
      let error = await #expect(throws: FleetError.self) {
        try await ask(server, now: { Date().addingTimeInterval(minutes * 60) }) {
          try await $0.beat(as: node)
        }
      }
      guard case .wrongClock(_, let seconds)? = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(abs(Double(seconds) - minutes * 60) < 60)
    }
  }

  @Test("an answer that is too long, none of protobuf, from elsewhere, or silent is no answer")
  func badAnswers() async throws {
    let long = try ScriptedServer { _ in
      [.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n".utf8))]
        + Array(repeating: .send([UInt8](repeating: 0, count: 1 << 20)), count: 18) + [.stall]
    }
    let nonsense = try ScriptedServer { _ in .answer(200, body: Array("<html>".utf8)) }
    let elsewhere = try ScriptedServer { _ in .answer(302, "Location: http://127.0.0.1:9/") }
    let silent = try ScriptedServer { _ in [.stall] }
    func failure(_ server: ScriptedServer, waiting: Duration = .seconds(600)) async -> FleetError? {
      do {
        _ = try await ask(server, waiting: waiting) { try await $0.pull(as: node) }
        return nil
      } catch { return error as? FleetError }
    }
    #expect(
      await failure(long)
        == .answerTooLarge(server: "127.0.0.1:\(long.port)", limit: FleetClient.largestAnswer))
    #expect(await failure(nonsense) == .unexpected(server: "127.0.0.1:\(nonsense.port)"))
    #expect(
      await failure(elsewhere)
        == .refused(server: "127.0.0.1:\(elsewhere.port)", status: 302, code: 0, reason: ""))
    #expect(
      await failure(silent, waiting: .milliseconds(300))
        == .tooSlow(server: "127.0.0.1:\(silent.port)"))
  }

  @Test("a tree that nests without end is refused before it is followed")
  func deepTree() async throws {
    var tree = ProtoObjectTree.with { $0.objectID = ObjectID(of: [1]).description }
    for _ in 0..<90 {
      let below = tree
      tree = .with {
        $0.objectID = below.objectID
        $0.children = [below]
      }
    }
    let answer = ProtoPullMessagesResponse.with {
      $0.messagesList = [.with { $0.metadata.messageID = tree.objectID }]
      $0.messageObjectTrees = [tree]
    }
    let server = try ScriptedServer { _ in Self.proto(answer) }
    await #expect(throws: FleetError.unexpected(server: "127.0.0.1:\(server.port)")) {
      try await ask(server) { try await $0.pull(as: node) }
    }
  }

  @Test("an object is waited for until it is there, and believed only by its name")
  func objects() async throws {
    let bytes = FleetObject(.chunk, body: [1, 2, 3]).encoded()
    let id = ObjectID(of: bytes)
    let server = try ScriptedServer { request in
      Self.proto(
        ProtoPullObjectResponse.with {
          $0.objectFound = true
          $0.objectAvailable = request.count > 2
          $0.objectContent = Data(request.count > 3 ? [9] : bytes)
        })
    }
    let run = RunID(rawValue: 77)
    #expect(try await ask(server) { try await $0.fetch(id, of: run, as: node) } == bytes)
    #expect(server.requests.count == 3)
    await #expect(throws: FleetError.wrongContent(id)) {
      try await ask(server) { try await $0.fetch(id, of: run, as: node) }
    }
    let empty = try ScriptedServer { _ in Self.proto(ProtoPullObjectResponse()) }
    await #expect(throws: FleetError.missing(id)) {
      try await ask(empty) { try await $0.fetch(id, of: run, as: node) }
    }
  }

  @Test(
    "nothing is sent in the clear to another machine",
    arguments: [
      "http://flower.example:8000", "http://10.0.0.1:8000", "http://127.evil.example:8000",
      "http://127.0.0.1.evil.example", "http://localhost.evil.example", "http://127.0.0.999:8000",
      "http://127.1.1.1.1", "http://[::2]:8000", "http://[::ffff:10.0.0.1]:8000",
    ])
  func inTheClear(address: String) throws {
    let error = #expect(throws: FleetError.self) {
      try CoordinatorAddress(try #require(URL(string: address)))
    }
    guard case .notSecure? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("a coordinator of this machine is spoken to under each of its loopback addresses")
  func loopback() async throws {
    for host in ["127.0.0.1", "127.9.8.7", "::1"] {
      let coordinator = EmbeddedCoordinator(admitting: .keys([key.publicPEM]))
      try await serving(FleetServer(coordinator, host: host)) { port in
        let name = host.contains(":") ? "[\(host)]" : host
        let way = FlowerTransport(
          try CoordinatorAddress(try #require(URL(string: "http://\(name):\(port)"))), key: key)
        let node = try? await way.activate(resuming: nil)
        await way.close()
        #expect(await coordinator.nodes == [node].compactMap(\.self), "\(host)")
        #expect(way.server == "\(name):\(port)")
      }
    }
  }

  @Test("an address that is none, and files that hold no certificates, are said to be so")
  func badSettings() async throws {
    for address in ["ftp://a", "https://a/path", "https://user@a", "https://"] {
      #expect(throws: FleetError.self, "\(address)") {
        try CoordinatorAddress(try #require(URL(string: address)))
      }
    }
    let url = try #require(URL(string: "https://a.example:8000"))
    try await withFolder { folder in
      let file = folder.appending(path: "a.pem")
      try Data("no".utf8).write(to: file)
      #expect(throws: FleetError.self) { try CoordinatorAddress(url, authority: file) }
      #expect(throws: FleetError.self) {
        try CoordinatorAddress(url, identity: (certificate: file, key: file))
      }
    }
  }
}

extension ScriptedServer.Request {
  /// The value of a header field; empty if it is not there.
  func field(_ name: String) -> String {
    let line = lines.first { $0.lowercased().hasPrefix(name + ":") } ?? ""
    return String(line.dropFirst(name.count + 1)).trimmingCharacters(in: .whitespaces)
  }
}
