import Foundation
import Gateway
import Radiology
import Store
import Synchronization
import Testing

@testable import Agent

@Suite("What was signed is brought where it belongs")
struct DeliverStageTests {
  let site: Site
  let noon = Date(timeIntervalSinceReferenceDate: 800_000_000)
  let place = ScriptedDestination()

  init() async throws {
    site = try Site()
    let folder = try site.folder()
    try Files.dicom().write(to: folder.appending(path: "a"))
    try Files.dicom(study: "1.2.9", object: "1.2.9.1.1").write(to: folder.appending(path: "b"))
    let ingest = Ingest(
      store: site.store, pictures: site.pictures, consent: .given, now: { [noon] in noon })
    _ = try await ingest.take([folder])
  }

  @Test("each document is sent once, checked afterwards, and noted")
  func once() async throws {
    try site.sign("1.2.3", at: noon)
    let stage = try stage()
    #expect(try await stage.drain() == 2)
    #expect(try await stage.drain() == 0)
    #expect(place.sent.map(\.fileName) == ["1.2.3-v1.txt", "1.2.3-v1.dcm"])
    #expect(try site.store.outbox().allSatisfy { $0.state == .delivered && $0.isVerified })
  }

  @Test("two destinations and all attempts get the same bytes, whatever became of the study since")
  func frozen() async throws {
    try site.sign("1.2.3", at: noon)
    place.answers = [.fail(.busy)]
    await #expect(throws: Undelivered.self) { try await stage().drain() }
    let digests = Set(try site.store.outbox().compactMap(\.digest))
    #expect(digests.count == 1)
    let other = ScriptedDestination()
    let both = [setting("place"), setting("other")]
    for (name, destination) in [("other", other), ("place", place)] {
      let stage = try site.delivering(
        to: setting(name), by: destination, all: both, now: noon + 3600)
      #expect(try await stage.drain() == 2)
    }
    // What was tried less often goes first, so the two come in another order.
    #expect(place.sent.count == 3 && other.sent.count == 2)
    #expect(Set(other.sent.map(\.bytes)) == Set(place.sent.map(\.bytes)))
    #expect(Set(place.sent.map(\.bytes)).count == 2)
  }

  @Test("after an unknown outcome the destination is asked before anything is sent again")
  func unknown() async throws {
    try site.sign("1.2.3", at: noon)
    place.answers = [.keepAndFail(.silent)]
    await #expect(throws: Undelivered.self) { try await stage().drain() }
    #expect(try site.store.outbox([.waiting]).contains { $0.isUncertain })
    #expect(try await stage(at: noon + 3600).drain() == 2)
    #expect(place.sent.count == 2)
    #expect(Set(place.sent.map(\.fileName)).count == 2)
  }

  @Test("success that cannot be found afterwards is no success")
  func lies() async throws {
    try site.sign("1.2.3", at: noon)
    place.answers = [.lie, .lie]
    await #expect(throws: Undelivered.self) { try await stage().drain() }
    let item = try #require(try site.store.outbox([.waiting]).first)
    #expect(item.code == .missing)
    #expect(item.reason?.contains("does not find it") == true)
  }

  @Test("a destination that cannot be asked is believed, and that is noted")
  func unverified() async throws {
    try site.sign("1.2.3", at: noon)
    place.canBeAsked = false
    #expect(try await stage().drain() == 2)
    #expect(try site.store.outbox().allSatisfy { $0.state == .delivered && !$0.isVerified })
  }

  @Test("one that is refused holds up no other; one that is away holds up its own alone")
  func broken() async throws {
    try site.sign("1.2.3", at: noon)
    try site.sign("1.2.9", at: noon + 1)
    place.answers = [.fail(.refused)]
    await #expect(throws: Undelivered.self) { try await stage(at: noon + 2).drain() }
    #expect(try site.store.outbox([.dead]).map(\.fileName) == ["1.2.3-v1.txt"])
    #expect(place.sent.count == 4)
    #expect(try site.store.outbox([.delivered]).count == 3)
  }

  @Test("nothing goes into the chart of another patient before a person has looked")
  func otherPatient() async throws {
    try site.sign("1.2.3", at: noon)
    place.patient = "\\9999"
    await #expect(throws: Undelivered.self) { try await stage().drain() }
    #expect(place.sent.isEmpty)
    let dead = try site.store.outbox([.dead])
    #expect(dead.allSatisfy { $0.code == .patientChanged } && dead.count == 2)
    #expect(
      try site.store.sendAgain(
        dead.map(\.number), settlingDoubts: true, by: "Dr Osei", at: noon
      ).isEmpty)
    #expect(try await stage().drain() == 2)
  }

  @Test("a report that cannot be made holds up no other, and is tried again")
  func notMade() async throws {
    // It names a model whose files are gone.
    try site.store.save(ModelVersion(id: "m1", name: "gone", lessons: 0, made: noon))
    try site.store.save(
      Triage(study: "1.2.3", refused: .undetermined("Unlike."), model: "m1", made: noon))
    try site.sign("1.2.3", at: noon)
    try site.sign("1.2.9", at: noon + 60)
    await #expect(throws: Undelivered.self) { try await stage(at: noon + 60).drain() }
    #expect(place.sent.map(\.study) == ["1.2.9", "1.2.9"])
    #expect(try site.store.outbox([.waiting]).allSatisfy { $0.code == .notMade })
  }

  @Test("what is cut off by our own end is given back, and asked for by whoever comes next")
  func cutOff() async throws {
    try site.sign("1.2.3", at: noon)
    place.answers = [.keepAndEnd]
    await #expect(throws: CancellationError.self) { try await stage().drain() }
    let item = try #require(try site.store.outbox([.waiting]).first { $0.isUncertain })
    #expect(item.attempts == 1)
    #expect(try await stage().drain() == 2)
    #expect(place.sent.count == 2)
  }

  @Test("one that cannot be made for a destination holds up no other document that goes there")
  func unusable() async throws {
    try site.sign("1.2.3", at: noon)
    try site.sign("1.2.9", at: noon + 1)
    place.answers = [.fail(.notMade)]
    await #expect(throws: Undelivered.self) { try await stage(at: noon + 2).drain() }
    #expect(place.sent.count == 4)
    #expect(try site.store.outbox([.waiting]).map(\.code) == [.notMade])
  }

  @Test("what could not even be noted is given back at the next turn, and asked for first")
  func notNoted() async throws {
    try site.sign("1.2.3", at: noon)
    _ = try site.store.route([setting().route], at: noon)
    let lost = try #require(try site.store.nextDelivery(to: "place", at: noon))
    // As if the disk had been full when its failure was to be noted.
    let stage = try stage(at: noon + 1)
    #expect(try await stage.drain() == 2)
    #expect(try site.store.outboxItem(lost.number).state == .delivered)
    #expect(try site.store.outboxItem(lost.number).attempts == 2)
  }

  @Test("each system gets the message under its own name, and otherwise the same")
  func recipients() async throws {
    try site.sign("1.2.3", at: noon)
    func interface(_ name: String, _ application: String) -> Configuration.Destination {
      Configuration.Destination(
        name: name,
        address: .mllp(
          MLLPNode(host: "h", port: 1, tls: nil, application: application, facility: "H")),
        route: Route(destination: name, formats: [.hl7]))
    }
    let all = [interface("ris", "RIS"), interface("emr", "EMR")]
    let exporter = try site.exporter()
    let planned = try DeliveryPlan(of: "1.2.3", to: all, in: site.store, by: exporter)
    var texts: [String] = []
    for setting in all {
      let peer = ScriptedDestination()
      let stage = try site.delivering(to: setting, by: peer, all: all, now: noon)
      #expect(try await stage.drain() == 1)
      texts += peer.sent.map { String(decoding: $0.bytes, as: UTF8.self) }
    }
    #expect(texts.count == 2 && texts[0].contains("|RIS|H|") && texts[1].contains("|EMR|H|"))
    #expect(texts[0].replacing("|RIS|", with: "|EMR|") == texts[1])
    // A dry run has said so, to the byte.
    #expect(
      Set(planned.lines.map(\.digest)) == Set(try site.store.outbox().map(\.digest)))
  }

  @Test("a folder never overwrites: the same again is nothing, something else is refused")
  func folder() async throws {
    try site.sign("1.2.3", at: noon)
    let folder = try site.folder("out")
    try Data("other".utf8).write(to: folder.appending(path: "1.2.3-v1.txt"))
    let stage = try site.delivering(to: .folder(folder))
    await #expect(throws: Undelivered.self) { try await stage.drain() }
    let dead = try #require(try site.store.outbox([.dead]).first)
    #expect(dead.code == .nameTaken)
    #expect(
      try String(contentsOf: folder.appending(path: "1.2.3-v1.txt"), encoding: .utf8) == "other")
    try FileManager.default.removeItem(at: folder.appending(path: "1.2.3-v1.txt"))
    #expect(try site.store.sendAgain([dead.number], by: "admin", at: Date()).isEmpty)
    #expect(try await stage.drain() == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2)
  }

  @Test("a dry run says what would go where, with the very bytes, and changes nothing")
  func plan() async throws {
    try site.sign("1.2.3", at: noon)
    let exporter = try site.exporter()
    let ct = Configuration.Destination(
      name: "ct", address: .folder(site.home),
      route: Route(destination: "ct", formats: [.sr], modalities: ["CT"]))
    let destinations = [setting("place"), ct]
    func plan() throws -> DeliveryPlan {
      try DeliveryPlan(of: "1.2.3", to: destinations, in: site.store, by: exporter)
    }
    let before = try plan()
    #expect(before.lines.map(\.state) == [nil, nil, nil])
    #expect(before.lines.last?.obstacle?.contains("takes no DX") == true)
    #expect(try site.store.outbox().isEmpty)
    _ = try await stage().drain()
    let after = try plan()
    #expect(after.lines.map(\.state) == [.delivered, .delivered, nil])
    #expect(after.lines.map(\.digest) == before.lines.map(\.digest))
    #expect(throws: AgentError.notSigned) {
      try DeliveryPlan(of: "1.2.9", to: destinations, in: site.store, by: exporter)
    }
  }

  private func setting(_ name: String = "place") -> Configuration.Destination {
    Configuration.Destination(
      name: name, address: .folder(site.home),
      route: Route(destination: name, formats: [.text, .sr]))
  }

  private func stage(at date: Date? = nil) throws -> DeliverStage {
    try site.delivering(to: setting(), by: place, now: date ?? noon)
  }
}

extension Site {
  /// Signs a study as it is, with one word.
  @discardableResult
  func sign(_ study: Study.ID, at date: Date) throws -> Report {
    let review = Review(
      study: study, reader: "Dr Osei", call: .normal, findings: [], model: nil, started: date)
    let section = Report.Section(key: "impression", title: "Impression", text: "Normal.")
    let report = Report(study: study, sections: [section], author: "Dr Osei", changed: date)
    return try store.sign(report, review: review, by: "Dr Osei", at: date)
  }

  func delivering(
    to settings: Configuration.Destination, by destination: (any Destination)? = nil,
    all: [Configuration.Destination]? = nil, now: Date? = nil
  ) throws -> DeliverStage {
    let opened = try destination ?? settings.opened(with: .failure(.toolMissing))
    return DeliverStage(
      store: store, exporter: try exporter(), to: settings, by: opened,
      routes: (all ?? [settings]).map(\.route), now: { now ?? Date() })
  }
}

/// A destination that does what a test says, and remembers what it was sent.
final class ScriptedDestination: Destination {
  enum Answer {
    case fail(DeliveryProblem.Code)
    /// It has it, and says nothing.
    case keepAndFail(DeliveryProblem.Code)
    case keepAndEnd
    /// It says that it has it, and has not.
    case lie
  }

  private struct State {
    var answers: [Answer] = []
    var sent: [OutgoingDocument] = []
    var held: [Data] = []
    var canBeAsked = true
    var patient: Patient.ID?
  }
  private let state = Mutex(State())

  let place = "a place"
  var sent: [OutgoingDocument] { state.withLock { $0.sent } }
  /// What it does with what it is sent next; afterwards it keeps everything.
  var answers: [Answer] {
    get { state.withLock { $0.answers } }
    set { state.withLock { $0.answers = newValue } }
  }
  var canBeAsked: Bool {
    get { state.withLock { $0.canBeAsked } }
    set { state.withLock { $0.canBeAsked = newValue } }
  }
  var patient: Patient.ID? {
    get { state.withLock { $0.patient } }
    set { state.withLock { $0.patient = newValue } }
  }

  func check() async throws {}
  func otherPatient(_ document: OutgoingDocument) async throws -> Patient.ID? { patient }

  func holds(_ document: OutgoingDocument) async throws -> Bool? {
    state.withLock { $0.canBeAsked ? $0.held.contains(document.bytes) : nil }
  }

  func send(_ document: OutgoingDocument) async throws -> String? {
    try state.withLock { state in
      state.sent.append(document)
      guard !state.answers.isEmpty else {
        state.held.append(document.bytes)
        return nil
      }
      switch state.answers.removeFirst() {
      case .fail(let code): throw DeliveryProblem(code, "It was scripted.")
      case .keepAndFail(let code):
        state.held.append(document.bytes)
        throw DeliveryProblem(code, "It was scripted.")
      case .keepAndEnd:
        state.held.append(document.bytes)
        throw CancellationError()
      case .lie: return nil
      }
    }
  }
}
