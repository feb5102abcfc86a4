import Foundation
import Radiology
import TestSupport
import Testing

@testable import Gateway

@Suite("Searching an archive")
struct SearchTests {
  /// Pages of studies as an archive that knows `limit` and `offset` answers them.
  private static func paging(_ studies: [String], at most: Int) throws -> ScriptedServer {
    try ScriptedServer { request in
      let offset = request.target.firstMatch(of: /offset=(\d+)/).flatMap { Int($0.1) } ?? 0
      let page = studies.dropFirst(offset).prefix(most).map { listedStudy($0) }
      return page.isEmpty ? .answer(204) : .json("[\(page.joined(separator: ","))]")
    }
  }

  @Test("all pages are read, even where the archive's are shorter than asked for")
  func paging() async throws {
    let uids = (1...23).map { "1.2.\($0)" }
    let server = try Self.paging(uids, at: 5)
    let found = try await speaking(to: server.url) { try await $0.studies(StudyQuery()) }
    #expect(Set(found.studies.map(\.uid)) == Set(uids))
    #expect(!found.isCut && found.unreadable == 0)
    #expect(server.requests.count == 6)
    #expect(server.requests[1].target.contains("&limit=200&offset=5"))
  }

  @Test("an archive that ignores the offset is asked twice, and nothing counts twice")
  func ignoredOffset() async throws {
    let server = try ScriptedServer { _ in
      .json("[\(listedStudy("1.1")), 7, \(listedStudy("1.2"))]")
    }
    let found = try await speaking(to: server.url) { try await $0.studies(StudyQuery()) }
    #expect(found.studies.map(\.uid) == ["1.1", "1.2"])
    #expect(found.unreadable == 1)
    #expect(server.requests.count == 2)
  }

  @Test("an archive that never ends is left at a limit, and the answer says so")
  func endless() async throws {
    let server = try ScriptedServer { request in
      let offset = request.target.firstMatch(of: /offset=(\d+)/).flatMap { Int($0.1) } ?? 0
      return .json(
        "[\((0..<2_000).map { listedStudy("1.\(offset + $0)") }.joined(separator: ","))]")
    }
    let found = try await speaking(to: server.url) { try await $0.studies(StudyQuery()) }
    #expect(found.isCut)
    #expect(found.studies.count == DICOMweb.answerLimit)
  }

  @Test("one answer that cannot be read is counted and hides no other")
  func unreadable() async throws {
    let server = try Self.paging(["1.2.3", "not a uid"], at: 9)
    let found = try await speaking(to: server.url) { try await $0.studies(StudyQuery()) }
    #expect(found.studies.map(\.uid) == ["1.2.3"])
    #expect(found.unreadable == 1)
  }

  @Test("an archive that matches loosely puts nobody else's priors beside a study")
  func looseMatch() async throws {
    let server = try ScriptedServer { request in
      .json(
        request.count > 1
          ? "[]"
          : "[\(listedStudy("1.1", patient: "P1")),\(listedStudy("1.2", patient: "P10")),"
            + "\(listedStudy("1.3", patient: "p1"))]")
    }
    let found = try await speaking(to: server.url) {
      try await $0.priors(patient: "P1", issuer: "")
    }
    #expect(found.studies.map(\.uid) == ["1.1"])
    let target = try #require(server.requests.first?.target)
    #expect(target.hasPrefix("/dicom-web/studies?PatientID=P1&includefield="))
  }

  @Test(
    "what would match everybody or others is not asked",
    arguments: [
      (StudyQuery(patient: ""), GatewayError.nothingToMatch(attribute: "patient ID")),
      (StudyQuery(patient: "  "), .nothingToMatch(attribute: "patient ID")),
      (StudyQuery(patient: "P*"), .notExact(attribute: "patient ID")),
      (StudyQuery(patient: "P?"), .notExact(attribute: "patient ID")),
      (StudyQuery(accession: "A\\B"), .notExact(attribute: "accession number")),
      (StudyQuery(date: "yesterday"), .notADate),
    ])
  func inexact(query: StudyQuery, error: GatewayError) async throws {
    let server = try ScriptedServer { _ in .json("[]") }
    await #expect(throws: error) {
      try await speaking(to: server.url) { try await $0.studies(query) }
    }
    #expect(server.requests.isEmpty)
  }

  @Test("nothing of a query can leave its place in the address")
  func encoded() throws {
    let query = StudyQuery(patient: "a&b=c#d/ é", date: "20260101-20261231")
    #expect(
      try query.text().hasPrefix(
        "PatientID=a%26b%3Dc%23d%2F%20%C3%A9&StudyDate=20260101-20261231&"))
  }

  @Test("the days of the configuration end today, which is one of them, and go over New Year")
  func newest() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let date = try Date("2026-01-03T12:00:00Z", strategy: .iso8601)
    let archive = try Configuration.Archive.at("https://a", "days = 5")
    #expect(archive.newest(at: date, calendar: calendar) == "20251230-")
    let today = try Configuration.Archive.at("https://a", "days = 1")
    #expect(today.newest(at: date, calendar: calendar) == "20260103-")
    #expect(throws: Never.self) { try StudyQuery(date: "20251230-").text() }
  }

  @Test("a server that has a problem is asked again; one that refuses is not")
  func retries() async throws {
    let busy = try ScriptedServer { $0.count < 3 ? .answer(503) : .json("[]") }
    let found = try await speaking(to: busy.url) { try await $0.studies(StudyQuery()) }
    #expect(found.studies.isEmpty && busy.requests.count == 3)

    let broken = try ScriptedServer { _ in .answer(500) }
    await #expect(throws: GatewayError.self) {
      try await speaking(to: broken.url) { try await $0.studies(StudyQuery()) }
    }
    #expect(broken.requests.count == Patience.eager.attempts)

    let strict = try ScriptedServer { _ in .answer(403) }
    await #expect(throws: GatewayError.self) {
      try await speaking(to: strict.url) { try await $0.studies(StudyQuery()) }
    }
    #expect(strict.requests.count == 1)
  }

  /// The error's text, for one kind of bad server.
  private func complaint(
    _ patience: Patience = .eager,
    _ answer: @escaping @Sendable (ScriptedServer.Request) -> [ScriptedServer.Step]
  ) async throws -> String {
    let server = try ScriptedServer(answer)
    do {
      _ = try await speaking(to: server.url, patience: patience) {
        try await $0.priors(patient: "SECRET-ID", issuer: "")
      }
      return "no error"
    } catch { return "\(error)" }
  }

  @Test("every kind of bad answer is an error that names the server and no patient")
  func badAnswers() async throws {
    let complaints = [
      ("did not answer in time", try await complaint(.none) { _ in [.stall] }),
      (
        "did not answer in time",
        try await complaint(.none) { _ in
          [
            .send(Array("HTTP/1.1 200 X\r\nContent-Type: application/dicom+json\r\n\r\n[".utf8)),
            .stall,
          ]
        }
      ),
      ("closed the connection", try await complaint { _ in [] }),
      (
        "does not answer with HTTP",
        try await complaint { _ in [.send(Array("SSH-2.0-x\r\n\r\n".utf8))] }
      ),
      ("does not answer with DICOM JSON", try await complaint { _ in .answer(200, body: [1]) }),
      ("does not answer with DICOM JSON", try await complaint { _ in .json("{") }),
      ("does not answer with DICOM JSON", try await complaint { _ in .json("") }),
      ("HTTP 401", try await complaint { _ in .answer(401) }),
      ("HTTP 500", try await complaint { _ in .answer(500) }),
      ("do not follow", try await complaint { _ in .answer(302, "Location: http://127.0.0.1:1/") }),
    ]
    for (expected, complaint) in complaints {
      #expect(complaint.contains(expected), "\(complaint)")
      #expect(complaint.contains("PACS “test” (127.0.0.1:"), "\(complaint)")
      #expect(!complaint.contains("SECRET-ID"))
    }
  }

  @Test("a redirection is not followed, so that credentials stay with whom they are for")
  func redirected() async throws {
    let other = try ScriptedServer { _ in .json("[]") }
    let place = other.url
    let server = try ScriptedServer { _ in .answer(307, "Location: \(place)/studies") }
    await #expect(throws: GatewayError.self) {
      try await speaking(to: server.url) { try await $0.studies(StudyQuery()) }
    }
    #expect(server.requests.count == 1 && other.requests.isEmpty)
  }

  @Test("nobody at the port is an error that says so")
  func nobody() async throws {
    // Bound and gone again: the port is nobody's.
    let port = try ScriptedServer { _ in [] }.port
    await #expect(
      throws: GatewayError.unreachable(
        server: "PACS “test” (127.0.0.1:\(port))", reason: "connection refused")
    ) {
      try await speaking(to: "http://127.0.0.1:\(port)") { try await $0.probe() }
    }
  }

  @Test("credentials are sent to the archive they are for")
  func credentials() async throws {
    let folder = try TestFolder()
    let secret = folder.url.appending(path: "password")
    try Data("s3cret\n".utf8).write(to: secret)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret.path)
    let server = try ScriptedServer { _ in .json("[]") }
    try await speaking(to: server.url, "user = \"reader\"\npassword_file = \"\(secret.path)\"") {
      try await $0.probe()
    }
    let lines = try #require(server.requests.first?.lines)
    #expect(lines.contains("Authorization: Basic cmVhZGVyOnMzY3JldA=="))
    #expect(lines.contains("Accept: application/dicom+json"))
  }
}
