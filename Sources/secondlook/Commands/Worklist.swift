import ArgumentParser
import Foundation
import Radiology
import Store
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

  func run() async throws {
    let rows = try options.open().store.worklist()
    if json { return try sayJSON(rows.map(WorklistEntry.init)) }
    guard !rows.isEmpty else {
      return say("No studies yet. “secondlook import PATH” brings some.")
    }
    let now = Date()
    say(
      table(
        [
          "#", "priority", "class", "p", "regions", "state", "images", "patient", "exam",
          "accession", "source", "why",
        ],
        rows.enumerated().map { index, row in
          [
            "#\(index + 1)", row.study.priority == .routine ? "" : row.study.priority.word,
            row.triageClass?.rawValue ?? "waiting", percent(row.probability),
            "\(row.regions.count)", row.stateWord(now: now), row.imageCount, row.patient.name,
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

  init(_ row: WorklistRow) { self.row = row }

  private enum Key: String, CodingKey {
    case studyUID = "study_uid"
    case triageClass = "class"
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
