import Foundation
import Radiology
import TestSupport
import Testing

@testable import Gateway

@Suite("Pulling a study")
struct PullTests {
  /// An archive with one study; `study` and `instance` answer retrievals in place of the usual.
  private static func archive(
    of instances: [String], stated: Int? = nil,
    study: (@Sendable (ScriptedServer.Request) -> [ScriptedServer.Step]?)? = nil,
    instance: (@Sendable (String, Int) -> [ScriptedServer.Step]?)? = nil
  ) throws -> ScriptedServer {
    let objects = try Dictionary(
      uniqueKeysWithValues: instances.map { ($0, try object($0)) })
    let stated = stated ?? instances.count
    return try ScriptedServer { request in
      let target = request.target
      if target.hasPrefix("/dicom-web/studies?") {
        return .json(
          target.contains("offset=0") ? "[\(listedStudy(instances: stated))]" : "[]")
      }
      if target.contains("/instances?") {
        let list = target.contains("offset=0") ? instances.map { listed($0) } : []
        return .json("[\(list.joined(separator: ","))]")
      }
      if target.hasSuffix("/studies/1.2.3") {
        return study?(request) ?? .multipart(instances.compactMap { objects[$0] })
      }
      let name = String(target.split(separator: "/").last ?? "")
      if let steps = instance?(name, request.count) { return steps }
      return objects[name].map { .multipart([$0]) } ?? .answer(404)
    }
  }

  private static func pull(
    _ server: ScriptedServer, _ folder: TestFolder, known: Set<String> = [],
    patience: Patience = .eager
  ) async throws -> Delivery {
    let spool = try SpoolFolder(folder.url.appending(path: "spool"))
    return try await speaking(to: server.url, patience: patience) {
      try await $0.pull("1.2.3", into: spool, isKnown: known.contains)
    }
  }

  /// Requests for objects, not searches.
  private static func retrievals(_ server: ScriptedServer) -> [String] {
    server.requests.map(\.target).filter { !$0.contains("?") }
  }

  private static let three = ["1.1", "1.2", "1.3"]

  @Test("a study of which nothing is known comes with one request, byte for byte")
  func whole() async throws {
    let server = try Self.archive(of: Self.three)
    let folder = try TestFolder()
    let delivery = try await Self.pull(server, folder)
    #expect(delivery.isWhole && delivery.expected == 3 && delivery.known == 0)
    #expect(Set(delivery.arrived.keys) == Set(Self.three))
    for (instance, file) in delivery.arrived {
      #expect(try [UInt8](Data(contentsOf: file)) == object(instance))
      let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions]
      #expect(mode as? Int == 0o600)
    }
    #expect(Self.retrievals(server) == ["/dicom-web/studies/1.2.3"])
    #expect(folder.files(in: "spool/arrived").count == 3)
    #expect(folder.files(in: "spool/fetching").isEmpty)
    let accept = server.requests.last?.lines.first { $0.hasPrefix("Accept:") }
    #expect(
      accept == #"Accept: multipart/related; type="application/dicom"; transfer-syntax=*"#)
  }

  @Test("what is known is not fetched again, and the rest object by object")
  func known() async throws {
    let server = try Self.archive(of: Self.three)
    let folder = try TestFolder()
    let delivery = try await Self.pull(server, folder, known: ["1.1", "1.3"])
    #expect(delivery.isWhole && delivery.known == 2 && Set(delivery.arrived.keys) == ["1.2"])
    #expect(Self.retrievals(server) == ["/dicom-web/studies/1.2.3/series/1.2.3.4/instances/1.2"])

    let second = try await Self.pull(server, folder, known: Set(Self.three))
    #expect(second.isWhole && second.known == 3 && second.arrived.isEmpty)
    #expect(Self.retrievals(server).count == 1)
  }

  @Test("a body that is cut anywhere keeps what was whole; the rest is fetched object by object")
  func truncated() async throws {
    let objects = try Self.three.map { try object($0) }
    let body = multipartBody(objects)
    let head = "HTTP/1.1 200 X\r\nContent-Type: multipart/related; boundary=b\r\n\r\n"
    for length in [0, 3, 60, body.count / 2, body.count - 8, body.count - 4] {
      let server = try Self.archive(
        of: Self.three, study: { _ in [.send(Array(head.utf8) + body.prefix(length))] })
      let folder = try TestFolder()
      let delivery = try await Self.pull(server, folder)
      #expect(delivery.isWhole, "\(length)")
      #expect(folder.files(in: "spool/arrived").count == 3, "\(length)")
      #expect(folder.files(in: "spool/fetching").isEmpty, "\(length)")
    }
  }

  @Test("a connection that stalls in the middle is given up, and the rest is fetched")
  func stalled() async throws {
    let part = multipartBody([try object("1.1")]).dropLast(8)
    let head = "HTTP/1.1 200 X\r\nContent-Type: multipart/related; boundary=b\r\n\r\n"
    let server = try Self.archive(
      of: Self.three, study: { _ in [.send(Array(head.utf8) + part), .stall] })
    let folder = try TestFolder()
    #expect(try await Self.pull(server, folder, patience: .hasty).isWhole)
  }

  @Test("fewer objects than the archive counts are told as missing")
  func short() async throws {
    let server = try Self.archive(of: Self.three, stated: 5)
    let folder = try TestFolder()
    let delivery = try await Self.pull(server, folder)
    #expect(!delivery.isWhole && delivery.expected == 5 && delivery.missing == 2)
    #expect(delivery.arrived.count == 3)
  }

  @Test("an object of another study is refused, and holds up no other")
  func foreign() async throws {
    let foreign = try object("1.2", study: "9.9.9")
    let good = try object("1.1")
    let server = try Self.archive(
      of: Self.three, study: { _ in .multipart([good, foreign]) },
      instance: { name, _ in name == "1.2" ? .multipart([foreign]) : nil })
    let folder = try TestFolder()
    let delivery = try await Self.pull(server, folder)
    #expect(Set(delivery.arrived.keys) == ["1.1", "1.3"])
    #expect(delivery.refused.keys.sorted() == ["1.2"])
    #expect("\(delivery.refused["1.2"].map { "\($0)" } ?? "")".contains("not asked for"))
    #expect(folder.files(in: "spool/arrived").count == 2)
  }

  @Test("another object than the one asked for, one too large and no DICOM at all are refused")
  func refused() async throws {
    let other = try object("1.1")
    let large = try object("1.2", padding: 10_000)
    let server = try Self.archive(
      of: Self.three + ["1.4"],
      instance: { name, _ in
        switch name {
        case "1.1": .multipart([Array("<html>".utf8)])
        case "1.2": .multipart(Array(repeating: large, count: 1))
        case "1.3": .multipart([other])
        default: nil
        }
      })
    let folder = try TestFolder()
    let spool = try SpoolFolder(folder.url.appending(path: "spool"))
    let archive = try Configuration.Archive.at(server.url).taking(5_000)
    let web = try DICOMweb(archive, patience: .eager)
    let delivery = try await web.pull("1.2.3", into: spool, isKnown: { $0 == "1.4" })
    await web.close()
    #expect(delivery.arrived.isEmpty && delivery.refused.count == 3)
    #expect(folder.files(in: "spool/arrived").isEmpty)
  }

  @Test("a part with a header that never ends, or a wrong media type, is an error")
  func hostileParts() async throws {
    let type = #"Content-Type: multipart/related; type="application/dicom"; boundary=b"#
    for body in [
      "--b\r\nX: " + String(repeating: "x", count: 20_000),
      "--b\r\nContent-Type: text/html\r\n\r\n<html>\r\n--b--",
    ] {
      let server = try Self.archive(
        of: ["1.1"], instance: { _, _ in .answer(200, type, body: Array(body.utf8)) })
      let folder = try TestFolder()
      await #expect(throws: GatewayError.self) {
        let delivery = try await Self.pull(server, folder)
        if let error = delivery.refused.values.first { throw error }
      }
      #expect(folder.files(in: "spool/arrived").isEmpty)
    }
  }

  @Test("a study the archive does not have is an error, and so is an archive that is down")
  func absent() async throws {
    let server = try ScriptedServer { _ in .json("[]") }
    let folder = try TestFolder()
    await #expect(
      throws: GatewayError.noSuchStudy(server: "PACS “test” (127.0.0.1:\(server.port))")
    ) {
      try await Self.pull(server, folder)
    }
    let down = try Self.archive(
      of: Self.three, study: { _ in .answer(503) }, instance: { _, _ in .answer(503) })
    await #expect(throws: GatewayError.self) { try await Self.pull(down, folder) }
  }

  @Test("an archive that goes down in the middle leaves what came, and says why it stopped")
  func stopped() async throws {
    let server = try Self.archive(
      of: Self.three, study: { _ in .answer(503) },
      instance: { name, _ in name == "1.1" ? nil : .answer(503) })
    let folder = try TestFolder()
    let delivery = try await Self.pull(server, folder)
    #expect(!delivery.isWhole && delivery.arrived.count == 1 && delivery.missing == 2)
    #expect(delivery.stopped != nil)
  }

  @Test("an object over which the archive stumbles holds up no other, and is asked for again")
  func stumbling() async throws {
    let server = try Self.archive(
      of: Self.three, study: { _ in .answer(500) },
      instance: { name, _ in name == "1.1" ? .answer(500) : nil })
    let folder = try TestFolder()
    let delivery = try await Self.pull(server, folder)
    #expect(Set(delivery.arrived.keys) == ["1.2", "1.3"])
    #expect(delivery.missing == 1 && delivery.refused.isEmpty)
    #expect(delivery.stopped != nil)
  }

  @Test("drafts of a program that was killed are removed, those of one that runs are not")
  func leftovers() throws {
    let folder = try TestFolder()
    _ = try SpoolFolder(folder.url)
    for (name, age) in [("old", -100_000.0), ("new", -60)] {
      let draft = folder.url.appending(path: "fetching/\(name)")
      try Data([1]).write(to: draft)
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: age)], ofItemAtPath: draft.path)
    }
    _ = try SpoolFolder(folder.url)
    #expect(folder.files(in: "fetching") == ["new"])
  }
}
