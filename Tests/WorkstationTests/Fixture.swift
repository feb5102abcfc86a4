import Foundation
import Imaging
import Radiology
import Reporting
import Terminal

@testable import Workstation

/// A small hospital whose studies, images and clock are always the same.
enum Fixture {
  static let now = Date(timeIntervalSince1970: 1_795_000_000)

  static let template: ReportTemplate = {
    let text = """
      template: Chest
      snippet: nod Nodule of {6 to 8|more than 8} mm on the {right|left}.
      snippet: clin Clinical correlation.
      [indication] Indication
      always: {description}
      [findings] Findings (required)
      normal: The lungs are clear.
      confirmed: {name}: abnormal region, {place}.[ {note}]
      unsure: {name}: region of uncertain significance, {place}.
      open: {name}: region not reviewed, {place}.
      choice: The heart is {of normal size|enlarged}.
      choice: No pneumothorax.
      [impression] Impression (required)
      normal: No acute abnormality.
      suspicious: Suspicious for abnormality.
      [recommendation] Recommendation
      suspicious: Further imaging as the clinical picture requires.
      """
    do { return try ReportTemplate(parsing: text) } catch { fatalError("\(error)") }
  }()

  static func options(
    width: Int = 100, height: Int = 30, isReadOnly: Bool = false, isSynthetic: Bool = false,
    restored: ScreenState? = nil,
    capabilities: Capabilities = .init(colours: .palette256, unicode: true)
  ) -> Options {
    Options(
      reader: "Dr Osei", isReadOnly: isReadOnly, isSynthetic: isSynthetic, template: template,
      width: width, height: height, capabilities: capabilities, now: now, restored: restored,
      seed: 7)
  }

  static func region(_ instance: String, _ x0: Double, _ y0: Double, _ x1: Double, _ y1: Double)
    -> Region
  {
    do { return try Region(instance: instance, x0: x0, y0: y0, x1: x1, y1: y1) } catch {
      fatalError("\(error)")
    }
  }

  /// A study of the list; `probability` nil means that no model judged it.
  static func row(
    _ number: Int, name: String, probability: Double?, regions: [Double] = [],
    priority: Priority = .routine, age: Int? = 64, sex: String? = "F", minutes: Double = 20,
    accession: String? = nil, state: StudyState = .unread, modality: String = "DX",
    refusal: Triage.Refusal? = nil, isSynthetic: Bool = false, review: Review? = nil,
    images: Int = 1, readable: Int? = nil, late: Int = 0,
    expected: Int? = nil, settles: Date = .distantPast, order: Order? = nil
  ) -> WorklistRow {
    let uid = "1.2.\(number)"
    let patient = Patient(
      identifier: "0023\(1800 + number)", name: name, birthDate: "19610312", sex: sex,
      fallback: uid)
    let study = Study(
      uid: uid, patient: patient.id, accession: accession ?? "4711-\(20 + number)",
      date: "20261118", time: "0841", description: "Cough, 3 weeks", modality: modality,
      bodyPart: "CHEST", view: "PA", age: age, priority: priority,
      arrived: now - minutes * 60, isSynthetic: isSynthetic)
    let findings = regions.enumerated().map { index, p in
      Finding(
        trackingUID: "9.\(number).\(index)", name: "R\(index + 1)",
        region: region("\(uid).1", 30 + 60 * Double(index), 40, 70 + 60 * Double(index), 90),
        probability: p, origin: .model)
    }
    let model = String(repeating: "3f9a12c07b44", count: 5) + "0000"
    let triage: Triage? =
      if let refusal {
        Triage(study: uid, refused: refusal, model: model, made: now)
      } else if let probability {
        Triage(
          study: uid, probability: probability, threshold: 0.42, findings: findings, model: model,
          made: now)
      } else {
        nil
      }
    return WorklistRow(
      study: study, patient: patient, triage: triage, review: review, state: state,
      instances: images, readable: readable ?? images, late: late, expected: expected,
      settles: settles, order: order)
  }

  static let rows: [WorklistRow] = [
    row(2, name: "DOE^JANE", probability: 0.93, regions: [0.93, 0.57], priority: .stat),
    row(3, name: "ROE^MARK", probability: 0.91, regions: [0.91], age: 71, sex: "M", minutes: 95),
    row(
      4, name: "LI^WEI", probability: nil, minutes: 130,
      refusal: .undetermined("The view is lateral, and the model reads frontal views only.")),
    row(
      5, name: "NOVAK^PETR", probability: nil, age: 48, sex: "M", minutes: 300,
      refusal: .failed("The pixel data ends early.")),
    row(6, name: "KHAN^AISHA", probability: 0.31, regions: [0.31], age: 33, minutes: 45),
    row(7, name: "MARTIN^ELLA", probability: 0.05, age: 29, minutes: 3000),
    row(8, name: "山田^太郎", probability: nil, age: nil, sex: nil, minutes: 2),
    row(
      9, name: "SATO^KEN", probability: 0.12, age: 67, sex: "M", minutes: 90_000, state: .final,
      review: Review(
        study: "1.2.9", reader: "Dr Osei", call: .normal, findings: [], model: nil, started: now)),
  ]

  static func instance(
    _ row: WorklistRow, number: Int = 1, columns: Int = 200, rows: Int = 240, frames: Int = 1,
    caveats: [Caveat] = []
  ) -> Instance {
    Instance(
      uid: "\(row.id).\(number)", series: "\(row.id).0", study: row.id, rows: rows,
      columns: columns, frames: frames, rowSpacing: 0.5, columnSpacing: 0.5, format: .dicom,
      digest: String(repeating: "a", count: 64), bytes: 1, caveats: caveats)
  }

  static func open(
    _ row: WorklistRow, images: Int = 1, lockedBy: String? = nil, review: Review? = nil,
    report: Report? = nil, priors: [WorklistRow] = []
  ) -> OpenStudy {
    OpenStudy(
      row: row, instances: (1...images).map { instance(row, number: $0) }, review: review,
      report: report, priors: priors,
      limits: ModelLimits(
        scope: "chest frontal, adult", id: String(repeating: "3f9a12c07b44", count: 5) + "0000",
        threshold: 0.42), lockedBy: lockedBy)
  }

  /// Two dark lungs on a bright body.
  static let image: GreyImage = {
    var values: [Float] = []
    for y in 0..<240 {
      for x in 0..<200 {
        func lung(_ centre: Double) -> Double {
          let dx = (Double(x) - centre) / 42
          let dy = (Double(y) - 120) / 85
          return dx * dx + dy * dy
        }
        values.append(lung(55) < 1 || lung(145) < 1 ? 400 : 3000 - Float(abs(y - 120)) * 8)
      }
    }
    return GreyImage(
      columns: 200, rows: 240, values: values, spacing: .init(row: 0.5, column: 0.5), bits: 12)
  }()
}

extension Workstation {
  /// With the list of ``Fixture`` on screen.
  static func onWorklist(_ options: Options = Fixture.options()) -> Workstation {
    var workstation = Workstation(options: options)
    _ = workstation.update(.worklist(Fixture.rows, asOf: Fixture.now))
    _ = workstation.update(
      .status(
        SystemStatus(
          site: "Northfield", asOf: Fixture.now,
          model: ModelVersion(
            id: String(repeating: "3f9a12c07b44", count: 5) + "0000", name: "chest r24",
            made: Fixture.now, state: .active), lastSync: Fixture.now - 120)))
    return workstation
  }

  /// With the first study of the list open and its image there.
  static func onStudy(_ options: Options = Fixture.options(), images: Int = 1) -> Workstation {
    var workstation = onWorklist(options)
    _ = workstation.press(.enter)
    let open = Fixture.open(Fixture.rows[0], images: images)
    _ = workstation.update(.studyOpened(open))
    _ = workstation.update(.imageLoaded("1.2.2.1", Fixture.image))
    return workstation
  }

  mutating func press(_ key: Key) -> [Effect] { update(.input(.key(key))) }

  /// Types characters one by one and answers the effects of them all.
  @discardableResult
  mutating func type(_ text: String) -> [Effect] {
    text.flatMap { press(.character($0)) }
  }

  func screen(_ width: Int = 100, _ height: Int = 30) -> String {
    canvas(width, height).text
  }

  func canvas(_ width: Int = 100, _ height: Int = 30) -> Canvas {
    var canvas = Canvas(width: width, height: height)
    render(on: &canvas)
    return canvas
  }
}

extension Message {
  /// A worklist that fits into one window.
  static func worklist(_ rows: [WorklistRow], asOf: Date) -> Message {
    .worklist(WorklistPage(rows: rows, tally: WorklistTally(rows), asOf: asOf))
  }
}
