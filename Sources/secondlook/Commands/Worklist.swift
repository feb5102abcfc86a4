import ArgumentParser
import Foundation
import Radiology
import Store
import Terminal
import Workstation

struct Worklist: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints the worklist, the study that matters most first.",
    discussion: """
      Order: unsigned before signed, clinical priority, suspicious, not judged, normal with a \
      region, normal. The model may raise a study and never lowers one.
      """)

  @OptionGroup var options: StoreOptions
  @Flag(help: "Print JSON: an array, top row first.") var json = false
  @Flag(
    help: """
      Print CSV for audit (RFC 4180): a header, then a row for each study with patient, order, \
      times, what the model came to with its version and threshold, and what the reader decided. \
      It names patients.
      """)
  var csv = false

  @Option(
    help: ArgumentHelp(
      "Only what a filter shows, as / of the workstation takes it: class:suspicious p>0.3.",
      valueName: "filter"))
  var filter = ""
  @Option(
    help: ArgumentHelp(
      "The order: \(WorklistSort.allCases.map(\.rawValue).joined(separator: ", ")).",
      discussion: "Default: triage.", valueName: "order"),
    transform: Self.order)
  var sort = WorklistSort.triage

  private static func order(_ text: String) throws -> WorklistSort {
    guard let sort = WorklistSort(rawValue: text) else {
      let words = WorklistSort.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("the order is one of \(words).")
    }
    return sort
  }

  func validate() throws {
    if csv, json { throw ValidationError("--csv and --json are two forms; give one.") }
  }

  func run() async throws {
    let wanted: WorklistFilter
    do { wanted = try WorklistFilter(parsing: filter) } catch {
      throw ValidationError("--filter: \(error.description).")
    }
    let date = Date()
    let store = try options.open().store
    let all = try store.worklist()
    // Other commands take #3 for the third of all, whatever is shown here.
    let places = all.enumerated().reduce(into: [:]) { $0[$1.element.id] = $1.offset + 1 }
    var rows = all.filter { wanted.shows($0, now: date) }
    if sort != .triage { rows.sort { sort.precedes($0, $1, at: date) } }
    if json {
      let scores = try store.scores(of: rows)
      return try sayJSON(rows.map { WorklistEntry($0, scores: scores) })
    }
    if csv {
      let cells = rows.map { $0.cells.map(sanitized) }
      return print(CommaSeparated.text([WorklistRow.columns] + cells), terminator: "")
    }
    guard !rows.isEmpty else {
      return say(
        all.isEmpty
          ? "No studies yet. “secondlook import PATH” brings some." : "No study matches the filter."
      )
    }
    say(
      table(
        [
          "#", "priority", "class", "p", "regions", "state", "images", "patient", "exam",
          "accession", "source", "why",
        ],
        rows.map { row in
          [
            "#\(places[row.id] ?? 0)",
            row.study.priority == .routine ? "" : row.study.priority.word,
            row.triageClass?.rawValue ?? "waiting", percent(row.probability),
            "\(row.regions.count)", row.stateWord(now: date), row.imageCount, row.patient.name,
            row.study.exam, row.study.accession, row.study.source, row.triage?.reason ?? "",
          ]
        }))
    if rows.allSatisfy(\.study.isSynthetic) {
      say("SYNTHETIC images: a program made them; they show no patient.")
    }
    say("Review aid, research software, no medical device.")
  }
}

/// A row as other programs read it.
struct WorklistEntry: Encodable {
  let row: WorklistRow
  let predictiveValue: PredictiveValue?

  /// With what the site's own reads, counted in `scores`, say of its probability.
  init(_ row: WorklistRow, scores: ScoreTally) {
    self.row = row
    predictiveValue = scores.predictiveValue(of: row)
  }

  private enum Key: String, CodingKey {
    case studyUID = "study_uid"
    case triageClass = "class"
    case predictiveValue = "predictive_value"
    case probability, regions, state, reason, accession, priority, modality
    case instances, readable, expected, late, source
    case owner
    case isSynthetic = "synthetic"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(row.study.uid, forKey: .studyUID)
    try container.encode(row.triageClass, forKey: .triageClass)
    try container.encode(row.probability, forKey: .probability)
    try container.encode(
      predictiveValue.map(PredictiveValueEntry.init), forKey: .predictiveValue)
    try container.encode(row.regions.map(RegionEntry.init), forKey: .regions)
    try container.encode(row.state, forKey: .state)
    try container.encode(row.triage?.reason, forKey: .reason)
    try container.encode(row.study.accession, forKey: .accession)
    try container.encode(row.study.priority, forKey: .priority)
    try container.encode(row.study.modality, forKey: .modality)
    try container.encode(row.instances, forKey: .instances)
    try container.encode(row.readable, forKey: .readable)
    try container.encode(row.expected, forKey: .expected)
    try container.encode(row.late, forKey: .late)
    try container.encode(row.study.source, forKey: .source)
    try container.encode(row.owner, forKey: .owner)
    try container.encode(row.study.isSynthetic, forKey: .isSynthetic)
  }
}

/// The site's positive predictive value at a score, as other programs read it.
///
/// It is the share of `reads` that were called suspicious, and where it lies in 95 of 100 cases.
struct PredictiveValueEntry: Encodable {
  let share: Double
  let interval: [Double]
  let reads: Int
  let suspicious: Int

  init(_ value: PredictiveValue) {
    share = value.share
    interval = [value.interval.lowerBound, value.interval.upperBound]
    reads = value.reads
    suspicious = value.suspicious
  }
}

/// A region as other programs read it: pixels of the stored frame.
struct RegionEntry: Encodable {
  let name: String
  let state: Finding.State
  let origin: Finding.Origin
  let probability: Double?
  let instance: String
  let box: [Double]

  init(_ finding: Finding) {
    name = finding.name
    state = finding.state
    origin = finding.origin
    probability = finding.probability
    instance = finding.region.instance
    box = [finding.region.x0, finding.region.y0, finding.region.x1, finding.region.y1]
  }
}
