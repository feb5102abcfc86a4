import DICOM
import Engine
import Foundation
import Imaging
import Phantom
import Radiology
import Store
import TestSupport
import Testing
import Triage

@testable import Agent
@testable import Federation

/// What crosses the wire between a hospital and its coordinator, byte by byte of HTTP.
@Suite("No byte of a patient crosses the wire", .timeLimit(.minutes(30)))
struct CaptureTests {
  /// Studies of a hospital that were read and signed, as a modality sent them.
  private struct Reading {
    let place: Int

    var name: String {
      ["OKONKWO", "LINDQVIST", "FERREIRA", "TAKAHASHI"][place % 4] + "^ADA \(place)"
    }
    var identifier: String { "MRN-48151623-\(place)" }
    var accession: String { "ACC20260412-\(place)" }
    var born: String { "194\(place % 10)0412" }
    var study: String { "1.2.826.0.1.3680043.8.498.7315\(place)" }
    var series: String { "\(study).31" }
    var object: String { "\(series).77" }
    var file: String { "thorax-\(name.replacing("^", with: "_").replacing(" ", with: "_")).dcm" }
    var text: String { "Reticular opacities at both bases, study number \(place) of the morning." }
    var isAbnormal: Bool { place % 2 == 0 }
    var pixels: [UInt16] {
      ChestPhantom(
        seed: 900 + UInt64(place), hospital: Hospital.examples[1], isAbnormal: isAbnormal,
        side: Radiographs.side
      ).pixels
    }

    func header() throws -> DataSet {
      var header = try Radiographs.header(object: object)
      try header.set(.studyInstanceUID, study)
      try header.set(.seriesInstanceUID, series)
      try header.set(.patientID, identifier)
      try header.set(.patientName, name)
      try header.set(.patientBirthDate, born)
      try header.set(.accessionNumber, accession)
      try header.show(pixels, columns: Radiographs.side, rows: Radiographs.side)
      return header
    }
  }

  private static let readings = (0..<12).map(Reading.init)

  /// Takes the studies in, and signs them, so that they teach.
  private func read(at site: JoinedSite) async throws -> URL {
    let folder = site.chests.home.appending(path: "modality-of-the-north")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for reading in Self.readings {
      try Data(try DICOMFile(reading.header()).write())
        .write(to: folder.appending(path: reading.file))
    }
    let store = site.store
    let ingest = Ingest(
      store: store, pictures: try PictureShelf(store: store), source: "north", consent: .given)
    _ = try await ingest.take([folder])
    for reading in Self.readings {
      let review = Review(
        study: reading.study, reader: "Dr Osei", call: reading.isAbnormal ? .suspicious : .normal,
        findings: [], model: nil, started: Date())
      try store.sign(
        Report(
          study: reading.study,
          sections: [Report.Section(key: "findings", title: "Findings", text: reading.text)],
          author: "Dr Osei", changed: Date()),
        review: review, by: "Dr Osei", at: Date())
    }
    _ = try await LearnStage(store: store).drain()
    return folder
  }

  /// Everything of the patients that the site has.
  private func traces(of site: JoinedSite, _ folder: URL) throws -> PatientTraces {
    var traces = PatientTraces()
    for reading in Self.readings {
      traces.add("a name", reading.name)
      traces.add("a patient's number", reading.identifier)
      traces.add("an accession number", reading.accession)
      traces.add("a birth date", reading.born)
      traces.add("a study's UID", reading.study)
      traces.add("a file's name", reading.file)
      traces.add("the text of a report", reading.text)
      traces.add(rows: reading.pixels.map { Float($0) }, of: Radiographs.side)
    }
    traces.add("the path of a folder", folder.path)
    traces.add("the path of a folder", site.home.path)
    for row in site.chests.data.manifest.rows where row.site == "north" {
      let name = row.file.split(separator: "/").last.map(String.init) ?? row.file
      traces.add("a patient's number", row.patient)
      traces.add("a file's name", name)
      let picture = try GreyImage.read(
        png: [UInt8](try Data(contentsOf: site.chests.data.folder.appending(path: row.file))))
      traces.add(rows: picture.values, of: picture.columns)
      let prepared = try LabelledChests.preprocessing(picture)
      traces.add(rows: prepared.input, of: LabelledChests.preprocessing.side)
    }
    return traces
  }

  /// A coordinator, and a way to it on which everything is kept.
  private func withCapture(
    _ body: (EmbeddedCoordinator, Capture, _ port: UInt16) async throws -> Void
  ) async throws {
    let coordinator = EmbeddedCoordinator(admitting: .everybody)
    let server = try FleetServer(coordinator)
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let serving = Task { try await server.run { port.yield($0) } }
    defer { serving.cancel() }
    let capture = Capture()
    let relay = try capture.relay(to: try #require(await ports.first { _ in true }))
    try await body(coordinator, capture, relay.port)
    withExtendedLifetime(relay) {}
  }

  @Test("a site joins, learns two rounds and judges a model, and nothing of its patients leaves")
  func captured() async throws {
    let here = try SiteProgram(await JoinedSite())
    defer { here.clean() }
    let site = here.site
    let folder = try await read(at: site)
    let book = LessonBook(
      store: site.store, pictures: try PictureShelf(store: site.store), site: "north")
    let lessons = try await book.images(.train, preparedBy: LabelledChests.preprocessing)
    // Beside those of the pictures it began with.
    try #require(lessons.count > 12 + 3)
    try await withCapture { coordinator, capture, port in
      let joined = try await here.run("join", "http://127.0.0.1:\(port)", "--as", "Ada")
      try #require(joined.status == 0, "\(joined)")
      try await here.withAgent {
        let approving = Task { while true { try await site.approve() } }
        defer { approving.cancel() }
        try await eventually { await coordinator.online.count == 1 }
        for (kind, round, settings) in [
          ("train", 1, []), ("train", 2, [(name: "update-bits", value: RecordValue.integer(8))]),
          ("evaluate", 2, []),
        ] as [(String, Int, [(name: String, value: RecordValue)])] {
          try await ask(
            site.instruction(kind, round: round, settings: settings), coordinator)
        }
      }
      let traces = try traces(of: site, folder)
      #expect(traces.count > 1_000)
      for isFromSite in [true, false] {
        for stream in capture.heard(fromSite: isFromSite) {
          #expect(traces.found(in: stream) == [])
        }
      }
      try check(capture)
    }
  }

  /// Asks the site, and waits for an answer that is no refusal.
  private func ask(_ message: FleetMessage, _ coordinator: EmbeddedCoordinator) async throws {
    guard case .records(let records) = message.content else { return }
    let node = try #require(await coordinator.online.first)
    await coordinator.endRound()
    try await coordinator.ask(node, to: message.heading.kind, with: records)
    let answer = try #require(try await coordinator.answers(within: .seconds(600))[node])
    guard case .records = answer.content else {
      Issue.record("\(answer.content)")
      return
    }
  }

  /// The whole of a round is there, and lies open: what was searched is what was said.
  private func check(_ capture: Capture) throws {
    let questions = try capture.messages(fromSite: true)
    let answers = try capture.messages(fromSite: false)
    for call in [
      "register-node", "activate-node", "pull-messages", "pull-object", "confirm-message-received",
      "push-messages", "push-object",
    ] { #expect(questions.contains { $0.head.contains("/v1/fleet/\(call) ") }, "\(call)") }
    let pushed = questions.flatMap { $0.objects() }
    #expect(pushed.count == questions.count { $0.head.contains("/push-object ") })
    // The model's values come down twice for two kinds of work, and go up once in floats.
    let values = 4 * (try JoinedSite.fresh().count)
    #expect(pushed.reduce(0) { $0 + $1.count } > values)
    #expect(answers.flatMap { $0.objects() }.reduce(0) { $0 + $1.count } > 2 * values)
  }

  @Test(
    "a patient's name, a report and a row of pixels are found in either direction and every form",
    arguments: ["as it is", "hexadecimal", "base64"])
  func planted(form: String) async throws {
    let site = try await JoinedSite()
    defer { site.clean() }
    let reading = Self.readings[1]
    let folder = site.chests.home.appending(path: "modality-of-the-north")
    let traces = try traces(of: site, folder)
    let row = Array(reading.pixels[40 * Radiographs.side..<41 * Radiographs.side])
    let secrets: [(String, [UInt8])] = [
      ("a name", Array("x\(reading.name)".utf8)),
      ("the text of a report", Array(reading.text.utf8)),
      ("a row of pixels", row.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }),
    ]
    for (what, secret) in secrets {
      let said: [UInt8] =
        switch form {
        case "hexadecimal": PatientTraces.hexadecimal(secret)
        case "base64": Array(Data(secret).base64EncodedString().utf8)
        default: secret
        }
      let record = FleetRecord.configuration([("note", .bytes(said))])
      let expected = form == "as it is" ? what : "\(what), \(form)"
      try await withCapture { coordinator, capture, port in
        let way = FlowerTransport(
          try CoordinatorAddress(try #require(URL(string: "http://127.0.0.1:\(port)"))),
          key: site.key)
        try await exchange(
          way, with: coordinator, down: [("config", record)], up: [("config", record)])
        await way.close()
        for isFromSite in [true, false] {
          let found = capture.heard(fromSite: isFromSite).map(traces.found(in:))
          #expect(found.contains { $0.contains(expected) }, "\(isFromSite) \(found)")
        }
      }
    }
  }

  /// A node that carries what it should not: one question, and one answer.
  private func exchange(
    _ way: FlowerTransport, with coordinator: EmbeddedCoordinator,
    down: [(name: String, record: FleetRecord)], up: [(name: String, record: FleetRecord)]
  ) async throws {
    let node = try await way.activate(resuming: nil)
    try await coordinator.ask(node, to: "train", with: down)
    let instruction = try #require(try await way.pull(as: node))
    let shelf = MemoryShelf()
    for id in instruction.tree.objects {
      try shelf.keep(try await way.fetch(id, of: instruction.run, as: node), as: id)
    }
    try await way.confirm(instruction.message, of: instruction.run, as: node)
    let heading = try FleetMessage(instruction.tree, from: shelf).heading
      .answer(to: instruction.message, at: Date())
    try await way.push(
      DeflatedMessage(FleetMessage(heading, .records(up))), as: node, before: false)
  }
}
