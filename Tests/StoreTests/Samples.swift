import Foundation
import Radiology
import Store
import Synchronization
import Testing

/// Noon of some day; the samples count from here.
let noon = Date(timeIntervalSinceReferenceDate: 800_000_000.123_456_7)

/// One image, which can be read, and nothing more is expected.
let whole = Completeness(instances: 1, readable: 1)

extension Store {
  /// Stores samples at noon, so that nothing of them is younger than what a test does later.
  @discardableResult
  func save(_ intake: Intake) throws(StoreError) -> IntakeOutcome { try save(intake, at: noon) }
  @discardableResult
  func save(_ intakes: [Intake]) throws(StoreError) -> [IntakeOutcome] {
    try save(intakes, at: noon)
  }
}

/// One study of one patient with one image.
func intake(
  _ uid: String = "1.2.3", patient: String = "4711", name: String = "DOE^JANE",
  accession: String = "", priority: Priority = .routine, images: Int = 1, digest: String = "a",
  refusal: String? = nil, arrived: Date = noon, consent: Consent = .notGiven
) -> Store.Intake {
  let person = Patient(identifier: patient, name: name, birthDate: "19700101", fallback: uid)
  let study = Study(
    uid: uid, patient: person.id, accession: accession, date: "20240102", modality: "DX",
    bodyPart: "CHEST", age: 54, priority: priority, arrived: arrived, consent: consent)
  let series = Series(uid: "\(uid).1", study: uid, number: 1, modality: "DX")
  let instances = (1...images).map { number in
    Instance(
      uid: "\(uid).1.\(number)", series: series.uid, study: uid, number: number, rows: 10,
      columns: 10, rowSpacing: 0.15, columnSpacing: 0.15, format: .dicom,
      digest: "\(digest)\(number)", bytes: 200, refusal: refusal)
  }
  return Store.Intake(patient: person, study: study, series: [series], instances: instances)
}

func finding(_ name: String = "R1", of study: String = "1.2.3") throws -> Finding {
  Finding(
    trackingUID: "\(study).9.\(name)", name: name,
    region: try Region(instance: "\(study).1.1", x0: 1, y0: 2, x1: 3, y1: 4.5),
    probability: 0.7, origin: .model, note: "a note")
}

func triage(
  _ study: String = "1.2.3", probability: Double = 0.9, findings: [Finding] = [],
  model: String = "m1"
) -> Triage {
  Triage(
    study: study, probability: probability, threshold: 0.5, findings: findings, model: model,
    made: noon)
}

func review(
  _ study: String = "1.2.3", call: Call? = .suspicious, findings: [Finding] = []
) -> Review {
  Review(
    study: study, reader: "Dr Osei", call: call, findings: findings, model: "m1", started: noon)
}

func report(_ study: String = "1.2.3", _ impression: String = "Nothing new.") -> Report {
  let section = Report.Section(
    key: "impression", title: "Impression", text: impression, isRequired: true)
  return Report(study: study, sections: [section], author: "Dr Osei", changed: noon)
}

func addendum(to report: Report, _ impression: String) -> Report {
  var next = report
  next.version = 0
  next.state = .addendum
  next.signed = nil
  next.sections[0].text = impression
  return next
}

func model(_ id: String, made: Date = noon, state: ModelVersion.State = .candidate)
  -> ModelVersion
{
  ModelVersion(
    id: id, name: "chest \(id)", parents: ["p"], round: 3, sites: ["north", "south"],
    lessons: 12, made: made, state: state)
}

func lesson(_ study: String = "1.2.3", part: Lesson.Part = .train, made: Date = noon) throws
  -> Lesson
{
  Lesson(
    study: study, instance: "\(study).1.1", digest: "a1", isSuspicious: true,
    regions: [try finding(of: study).region], weight: 0.5, part: part, teacher: "Dr Osei",
    made: made)
}

/// A folder that is gone after the test.
final class TemporaryHome: Sendable {
  let url = FileManager.default.temporaryDirectory
    .appending(path: "secondlook-test-\(UUID().uuidString)", directoryHint: .isDirectory)

  func open() throws -> Store { try Store(home: url) }

  /// A session whose machine runs as long as the clock says.
  func open(_ clock: Clock) throws -> Store { try Store(home: url) { clock.now } }

  deinit { try? FileManager.default.removeItem(at: url) }
}

/// The permission bits of a file, in octal.
func mode(_ url: URL) throws -> String {
  let mode = try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions]
  return String(try #require(mode as? Int), radix: 8)
}

/// A machine's uptime that a test sets.
final class Clock: Sendable {
  private let moment = Mutex(Uptime(boot: "first", seconds: 1000))

  var now: Uptime { moment.withLock { $0 } }
  func run(_ seconds: Double) { moment.withLock { $0 = $0 + seconds } }
  func restart() { moment.withLock { $0 = Uptime(boot: $0.boot + "+", seconds: 5) } }
}
