import ArgumentParser
import Foundation
import Radiology
import Store

struct Find: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Finds a patient by name, number or accession, and says how far each report is.",
    discussion: """
      Every word has to be in the name, or to begin the patient's number or an accession number. \
      The workstation does the same with g c and shows the signed report.
      """)

  @OptionGroup var options: StoreOptions
  @Argument(help: "Parts of the name, or the beginning of a number.") var words: [String]
  @Flag(help: "Print JSON.") var json = false

  func run() async throws {
    let store = try options.open().store
    let answer = try store.search(for: words.joined(separator: " "))
    let entries = try answer.studies.map {
      Entry(
        found: $0, deliveries: try store.dispatches(of: $0.id),
        undelivered: try store.outbox([.waiting, .sending, .dead], of: $0.id))
    }
    if json { return try sayJSON(entries) }
    guard !entries.isEmpty else {
      say("Nobody here is called that.")
      throw ExitCode.failure
    }
    say(
      table(
        ["patient", "number", "born", "date", "exam", "accession", "report", "signed by"],
        entries.map { entry in
          let found = entry.found
          return [
            found.patient.name, found.patient.identifier, found.patient.birthDate ?? "",
            found.study.date ?? "", found.study.exam, found.study.accession,
            found.standing == .none ? "not signed" : found.standing.rawValue, found.author ?? "",
          ]
        }))
    if answer.isCut { say("More patients match; say more of the name.") }
  }

  /// A study as other programs read it.
  private struct Entry: Encodable {
    let found: FoundStudy
    let deliveries: [Dispatch]
    let undelivered: [OutboxItem]

    private enum Key: String, CodingKey {
      case studyUID = "study_uid"
      case accession, date, modality, description, patient, report, author, signed, deliveries
      case undelivered
    }

    private enum PatientKey: String, CodingKey { case name, identifier, birthDate, sex }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(found.id, forKey: .studyUID)
      try container.encode(found.study.accession, forKey: .accession)
      try container.encode(found.study.date, forKey: .date)
      try container.encode(found.study.modality, forKey: .modality)
      try container.encode(found.study.description, forKey: .description)
      var patient = container.nestedContainer(keyedBy: PatientKey.self, forKey: .patient)
      try patient.encode(found.patient.name, forKey: .name)
      try patient.encode(found.patient.identifier, forKey: .identifier)
      try patient.encode(found.patient.birthDate, forKey: .birthDate)
      try patient.encode(found.patient.sex, forKey: .sex)
      try container.encode(found.standing, forKey: .report)
      try container.encode(found.author, forKey: .author)
      try container.encode(found.signed, forKey: .signed)
      try container.encode(deliveries, forKey: .deliveries)
      try container.encode(undelivered, forKey: .undelivered)
    }
  }
}
